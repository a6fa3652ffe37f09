package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.preflight.Finding.Severity;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the preflight says of logins that hear messages which they may not read. */
class ListenerChecksITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final SourceConfig SOURCE = SourceConfig.from(new Configuration());
    private static final NotificationConfig PAYLOADS = NotificationConfig.from(new Configuration());

    @Test
    void whoMayConnectAndReadNeitherMessagesNorQueriesIsNamed() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE job LOGIN IN ROLE agentpulse_writer",
                    "CREATE ROLE stream LOGIN IN ROLE agentpulse_capture",
                    "CREATE ROLE board LOGIN IN ROLE agentpulse_reader",
                    "CREATE ROLE app LOGIN",
                    "GRANT SELECT ON public.agent_queries TO app",
                    "CREATE ROLE supabase_auth_admin LOGIN");
            assertThat(listeners(database, PAYLOADS))
                    .isEqualTo(
                            Finding.ok("listeners", "Who may connect and hear the channels may read what they say."));

            for (String other : new String[] {"a", "b", "c", "d", "e", "f"}) {
                Sql.run(owner, "CREATE ROLE \"other " + other + "\" LOGIN");
            }
            Finding found = listeners(database, PAYLOADS);
            assertThat(found.severity()).isEqualTo(Severity.WARNING);
            assertThat(found.message())
                    .isEqualTo(
                            "Who may connect hears what notifications quote of queries: \"other a\", \"other b\","
                                    + " \"other c\", \"other d\", \"other e\" and 1 more may read neither messages nor queries.");
            assertThat(found.fix()).contains("REVOKE CONNECT ON DATABASE " + database.name() + " FROM PUBLIC");
            try (Connection connection = database.connectAs("job")) {
                assertThat(new Preflight()
                                .checkListeners(
                                        connection,
                                        SOURCE,
                                        new NotificationConfig(NotificationContent.HINT, 10_000, 100, false)))
                        .isEmpty();
            }

            Sql.run(
                    owner,
                    "REVOKE CONNECT ON DATABASE " + database.name() + " FROM PUBLIC",
                    "GRANT CONNECT ON DATABASE " + database.name() + " TO job, stream, board, app");
            assertThat(listeners(database, PAYLOADS).severity()).isEqualTo(Severity.OK);
        }
    }

    /** As the writer, who may not read the source. */
    private static Finding listeners(Database database, NotificationConfig notifications) throws SQLException {
        try (Connection connection = database.connectAs("job")) {
            return new Preflight()
                    .checkListeners(connection, SOURCE, notifications)
                    .get(0);
        }
    }
}
