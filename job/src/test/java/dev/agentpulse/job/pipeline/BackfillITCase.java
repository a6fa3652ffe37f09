package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.History;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table with days of rows at the first start, rows of all ages that change while they are read, and kills meanwhile. */
class BackfillITCase {

    /** Each step makes many corrections of whole days. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final String READ =
            "SELECT count(*) > 0 AND bool_and(state = 'done') FROM agentpulse.history_progress";

    /** Of the last six days, around midnight of several zones, with days without any, and some that are years old. */
    private static final String FILL =
            "INSERT INTO agent_queries (agent, latency_ms, approved, human_edited, created_at)"
                    + " SELECT 'agent-' || n %% 5, CASE WHEN n %% 13 > 0 THEN CASE WHEN n %% 97 = 0 THEN 10000 + n ELSE n * 37 %% 300 END END,"
                    + " CASE n %% 3 WHEN 0 THEN true WHEN 1 THEN false END, n %% 4 = 0,"
                    + " CASE WHEN n %% 500 = 0 THEN timestamptz '2024-02-29 23:59:59.999999+00'"
                    + " WHEN n %% 3 = 0 THEN date_trunc('day', now(), (ARRAY['UTC', 'Asia/Kathmandu', 'America/Santiago'])[n %% 9 / 3 + 1])"
                    + " - n %% 4 * interval '24 hours' + (n %% 5 - 2) * interval '1 microsecond'"
                    + " ELSE now() - (n * 7919 + %1$d) %% 520000 * interval '1 second' END"
                    + " FROM generate_series(1, %2$d) n WHERE n %% 7 < 6";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = 1)
    void everyBucketEqualsPlainSqlOverChangesAndKills(long seed) throws Exception {
        Random random = new Random(seed);
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Connection writing = database.connect();
                Pipeline pipeline =
                        CLUSTER.pipeline(database).withParallelism(2).with(JobOptions.HISTORY_BACKFILL, true)) {
            Sql.run(connection, FILL.formatted(0, 6_000), "ANALYZE agent_queries");
            Sql.run(
                    connection,
                    "DELETE FROM agent_queries WHERE created_at >= date_trunc('day', now(), 'UTC') - interval '72 hours'"
                            + " AND created_at < date_trunc('day', now(), 'UTC') - interval '48 hours'");
            pipeline.startAndCatchUp();
            try (BackgroundWriter writer = new BackgroundWriter(PAUSE, () -> write(writing, random))) {
                writer.awaitSteps(3);
                pipeline.awaitCheckpoint();
                pipeline.restart();
                writer.awaitSteps(6);
                pipeline.terminateBackend("agentpulse tick writer");
                writer.awaitSteps(6);
                Await.until("history is read", () -> Sql.rows(connection, READ).equals(List.of("t")));
                writer.awaitSteps(3);
            }
            pipeline.awaitComplete();

            assertThat(History.differences(connection)).isEmpty();
            assertThat(Sql.rows(
                            connection,
                            "SELECT bucket, complete_from < now() - interval '6 days' FROM agentpulse.history_reach"
                                    + " WHERE history_table = 'agent_performance_history'"))
                    .containsExactlyInAnyOrder("1m|t", "15m|t", "1h|t", "1d|t");
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) > 5, max(rows) > 300, count(*) FILTER (WHERE problem IS NOT NULL)"
                                    + " FROM agentpulse.history_progress"))
                    .containsExactly("t|t|0");
        }
    }

    private static void write(Connection connection, Random random) throws Exception {
        Sql.run(
                connection,
                FILL.formatted(random.nextInt(520_000), 20),
                "UPDATE agent_queries SET approved = NOT coalesce(approved, false), latency_ms = latency_ms / 2 + 1"
                        + " WHERE id % 997 = " + random.nextInt(997),
                "UPDATE agent_queries SET agent = 'agent-9', created_at = created_at - interval '25 hours'"
                        + " WHERE id % 4999 = " + random.nextInt(4999) + " AND created_at > now() - interval '4 days'",
                "DELETE FROM agent_queries WHERE id % 499 = " + random.nextInt(499)
                        + " AND created_at > now() - interval '20 hours'");
    }
}
