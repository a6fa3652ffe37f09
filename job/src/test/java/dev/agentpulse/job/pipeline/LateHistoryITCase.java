package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.History;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries of the last six days that come, change and go late, with restarts in between; and a purge, which changes nothing. */
class LateHistoryITCase {

    private static final int STEPS = 8;

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = 1)
    void historyEqualsPlainSqlAndOutlivesAPurge(long seed) throws Exception {
        Random random = new Random(seed);
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline =
                        CLUSTER.pipeline(database).withParallelism(2).startAndCatchUp()) {
            pipeline.awaitCheckpoint(); // one of before would begin history anew
            // The tables were empty, so history is complete from before all that comes.
            Sql.run(connection, "UPDATE agentpulse.history_reach SET complete_from = now() - interval '30 days'");
            for (int step = 1; step <= STEPS; step++) {
                write(connection, random);
                if (step % 4 == 0) {
                    pipeline.restart();
                }
                if (step == STEPS / 2) {
                    pipeline.terminateBackend("agentpulse tick writer");
                }
            }
            pipeline.awaitComplete();

            assertThat(History.differences(connection)).isEmpty();
            assertThat(Sql.rows(
                            connection,
                            "SELECT DISTINCT complete_from < now() - interval '6 days 20 hours'"
                                    + " FROM agentpulse.history_reach"))
                    .as("history has not begun anew")
                    .containsExactly("t");
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) FROM agentpulse.agent_performance_history"
                                    + " WHERE revision > 0 AND bucket = '1d'"))
                    .doesNotContain("0");

            String kept =
                    "SELECT agent, bucket, bucket_start, query_count, latency_counts, approved_count, quality_score,"
                            + " revision FROM agentpulse.agent_performance_history WHERE final ORDER BY 1, 2, 3";
            List<String> before = Sql.rows(connection, kept);
            String purged = Sql.rows(
                            connection,
                            "SELECT count(*) FROM agent_queries WHERE created_at < now() - interval '2 days'")
                    .get(0);
            Sql.run(connection, "DELETE FROM agent_queries WHERE created_at < now() - interval '2 days'");
            pipeline.awaitComplete();

            assertThat(Sql.rows(connection, kept)).containsAll(before);
            assertThat(Sql.rows(
                            connection,
                            "SELECT sum(purged_rows) FROM agentpulse.agent_performance_history" + " GROUP BY bucket"))
                    .containsExactly(purged, purged, purged, purged);

            Sql.run(connection, "TRUNCATE agent_queries");
            pipeline.awaitComplete();
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) FILTER (WHERE bucket_start < now() - interval '2 days' AND query_count > 0) > 0,"
                                    + " coalesce(sum(query_count) FILTER (WHERE bucket = '1m'"
                                    + " AND bucket_start > now() - interval '23 hours'), 0)"
                                    + " FROM agentpulse.agent_performance_history WHERE final"))
                    .containsExactly("t|0");
        }
    }

    private static void write(Connection connection, Random random) throws Exception {
        int salt = random.nextInt(1000);
        Sql.run(
                connection,
                // Of any age up to seven days, some of them in the last minutes.
                "INSERT INTO agent_queries (agent, latency_ms, approved, created_at) SELECT 'agent-' || n % 5, n * "
                        + salt
                        + " % 12000, CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END, now() - CASE WHEN n % 4 = 0"
                        + " THEN n * interval '1 second' ELSE (n * 7919 + " + salt
                        + ") % 561600 * interval '1 second' END"
                        + " FROM generate_series(1, 200) n",
                "UPDATE agent_queries SET approved = NOT coalesce(approved, false), latency_ms = latency_ms / 2"
                        + " WHERE id % 7 = " + random.nextInt(7),
                "UPDATE agent_queries SET human_edited = true, agent = 'agent-9' WHERE id % 31 = " + random.nextInt(31),
                "UPDATE agent_queries SET created_at = created_at + interval '37 minutes' WHERE id % 29 = "
                        + random.nextInt(29) + " AND created_at < now() - interval '1 hour'",
                "DELETE FROM agent_queries WHERE id % 11 = " + random.nextInt(11)
                        + " AND created_at > now() - interval '20 hours'");
    }
}
