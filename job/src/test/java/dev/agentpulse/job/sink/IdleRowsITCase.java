package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class IdleRowsITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @Test
    void goAfterTheirTimeAndNoOthers() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            agent(connection, "gone", "idle", 0, "31 days");
            agent(connection, "idle of late", "idle", 0, "29 days");
            agent(connection, "busy", "healthy", 0, "31 days");
            agent(connection, "counted still", "idle", 1, "31 days");
            annotator(connection, "gone", 0, "31 days");
            annotator(connection, "of late", 0, "29 days");
            annotator(connection, "counted still", 1, "31 days");
            RetentionLog log = new RetentionLog(connection);
            IdleRows idle = new IdleRows(connection, Duration.ofDays(30).toMillis());

            assertThat(idle.trimIfDue(0, log)).as("there may be more").isTrue();
            assertThat(idle.trimIfDue(0, log)).isFalse();

            assertThat(Sql.rows(connection, "SELECT agent FROM agentpulse.agent_health ORDER BY agent"))
                    .containsExactly("busy", "counted still", "idle of late");
            assertThat(Sql.rows(
                            connection,
                            "SELECT agent, count(*) FROM agentpulse.agent_performance GROUP BY agent ORDER BY agent"))
                    .containsExactly("busy|2", "counted still|2", "idle of late|2");
            assertThat(Sql.rows(connection, "SELECT agent FROM agentpulse.agent_trend ORDER BY agent"))
                    .containsExactly("busy", "counted still", "idle of late");
            assertThat(Sql.rows(connection, "SELECT annotator FROM agentpulse.annotator_activity ORDER BY annotator"))
                    .containsExactly("counted still", "of late");
        }
    }

    private static void agent(Connection connection, String agent, String status, int count, String age)
            throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES ('" + agent + "', '" + status
                        + "', now())",
                "INSERT INTO agentpulse.agent_trend (agent, rate_5m, rate_1h, as_of, commit_lsn) VALUES ('" + agent
                        + "', 0, 0, now(), '0/1')",
                "INSERT INTO agentpulse.agent_performance (agent, window_name, window_start, window_end, query_count,"
                        + " slow_query_count, approved_count, rejected_count, unreviewed_count, human_edited_count)"
                        + " SELECT '" + agent + "', name, now(), now() - interval '" + age + "', " + count
                        + ", 0, 0, 0, 0, 0 FROM unnest(ARRAY['1m', '1h']) AS name");
    }

    private static void annotator(Connection connection, String annotator, int count, String age) throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO agentpulse.annotator_activity (annotator, window_name, window_start, window_end,"
                        + " feedback_count, safe_count, unsafe_count) VALUES ('" + annotator
                        + "', '1h', now(), now() - interval '" + age + "', " + count + ", 0, 0)");
    }
}
