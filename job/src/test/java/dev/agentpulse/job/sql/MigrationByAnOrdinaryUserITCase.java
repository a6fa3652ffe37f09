package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The migrations by the owner of the source tables, who is no superuser, on a server without our roles. */
class MigrationByAnOrdinaryUserITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final String OUR_ROLES =
            "SELECT rolname, rolreplication, rolbypassrls FROM pg_roles WHERE rolname LIKE 'agentpulse%' ORDER BY rolname";

    @Test
    void asksForWhatItMayNotDoAndDoesTheRest() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection superuser = database.connect()) {
            Sql.run(
                    superuser,
                    "CREATE ROLE owner LOGIN",
                    "GRANT CREATE ON DATABASE " + database.name() + " TO owner",
                    "CREATE SCHEMA app AUTHORIZATION owner");
            Map<String, String> inApp = Map.of(
                    "queries_table", "app.agent_queries",
                    "approvals_table", "app.agent_approvals",
                    "feedback_table", "app.agent_feedback");

            assertThat(catchThrowable(() -> database.migrate("owner", inApp)))
                    .hasMessageContaining("User owner may not create roles: have an administrator run \"CREATE ROLE"
                            + " agentpulse_capture NOLOGIN REPLICATION BYPASSRLS;");
            assertThat(Sql.rows(superuser, OUR_ROLES)).isEmpty();

            Sql.run(superuser, "ALTER ROLE owner CREATEROLE", "GRANT CREATE ON SCHEMA public TO owner");
            database.migrate("owner", inApp);

            // The owner has neither attribute, so cannot pass it on; the preflight asks for it.
            assertThat(Sql.rows(superuser, OUR_ROLES))
                    .containsExactly(
                            "agentpulse_capture|f|f",
                            "agentpulse_compliance|f|f",
                            "agentpulse_gateway|f|f",
                            "agentpulse_reader|f|f",
                            "agentpulse_writer|f|f");
            assertThat(Sql.rows(superuser, "SELECT tableowner FROM pg_tables WHERE schemaname = 'agentpulse'"))
                    .containsOnly("owner");
            try (Connection capture = database.connectInRole("agentpulse_capture");
                    Connection reader = database.connectInRole("agentpulse_reader")) {
                assertThat(Sql.rows(capture, "SELECT * FROM app.agent_queries")).isEmpty();
                assertThat(Sql.rows(reader, "SELECT * FROM public.mv_approval_queue_summary"))
                        .isEmpty();
            }
        }
    }
}
