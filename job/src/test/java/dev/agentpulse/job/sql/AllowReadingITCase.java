package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A role is let in while others read and write the results. */
class AllowReadingITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private Database database;
    private Connection owner;

    @BeforeEach
    void createRole() throws SQLException {
        database = SERVER.newMigratedDatabase();
        owner = database.connect();
        Sql.run(owner, "CREATE ROLE late");
    }

    @AfterEach
    void dropRole() throws SQLException {
        Sql.run(owner, "DROP OWNED BY late", "DROP ROLE late");
        owner.close();
    }

    @Test
    void aRoleIsLetInBesideTransactionsThatTakeTheTablesInAnotherOrder() throws Exception {
        try (Connection other = database.connect();
                Connection watch = database.connect()) {
            String tables = "SELECT polrelid::regclass FROM pg_policy WHERE polname = 'agentpulse_read'"
                    + " AND polrelid <> 'agentpulse.rejected_change'::regclass ORDER BY polrelid";
            List<String> inOrder = Sql.rows(watch, tables);
            Sql.run(other, "BEGIN", "LOCK TABLE ONLY " + inOrder.get(inOrder.size() - 1) + " IN ROW EXCLUSIVE MODE");

            CompletableFuture<Void> letIn = CompletableFuture.runAsync(() -> {
                try {
                    Sql.rows(owner, "SELECT agentpulse.allow_reading('late')");
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });
            String waits = "SELECT count(*) FROM pg_stat_activity, pg_sleep(0.02)"
                    + " WHERE query = 'SELECT agentpulse.allow_reading(''late'')' AND wait_event_type IN ('Lock', 'Timeout')";
            while (Sql.rows(watch, waits).contains("0")) {
                assertThat(letIn).isNotDone();
            }
            for (String table : inOrder) {
                Sql.rows(other, "SELECT count(*) FROM " + table);
            }
            Sql.run(other, "COMMIT");
            letIn.get();

            assertThat(Sql.rows(watch, "SELECT count(*) FROM pg_policies WHERE 'late' = ANY (roles)"))
                    .containsExactly(String.valueOf(inOrder.size()));
        }
    }

    @Test
    void aRoleThatCannotBeLetInIsToldWhatHoldsTheTables() throws SQLException {
        try (Connection other = database.connect()) {
            Sql.run(other, "BEGIN");
            Sql.rows(other, "SELECT * FROM agentpulse.agent_health");

            assertThatThrownBy(() -> Sql.rows(owner, "SELECT agentpulse.allow_reading('late')"))
                    .hasMessageContaining("late was not let in: the results have been in use all the time")
                    .hasMessageContaining("pg_stat_activity");

            Sql.run(other, "COMMIT");
            Sql.rows(owner, "SELECT agentpulse.allow_reading('late')");
        }
    }
}
