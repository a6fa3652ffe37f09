package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent has ten queries a minute for weeks, then none for some minutes, and later three times as many. */
class AnomalyITCase {

    private static final Duration STEP = Duration.ofSeconds(30);

    private static final String PAST = """
            INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,
                latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                human_edited_count, slow_query_count, final, as_of, commit_lsn)
            SELECT 'sales', bucket, start, start + width, n, n, n * 200, '{200}', ARRAY[n], 0, 0, 0, 0, true, now(), '0/0'
              FROM (VALUES ('15m', interval '15 minutes', 150), ('1h', interval '1 hour', 600)) AS size (bucket, width, n)
              CROSS JOIN generate_series(date_bin('1 hour', now(), 'epoch') - interval '17 days',
                                         date_bin(width, now(), 'epoch') - width, width) AS start
            """;

    private static final String LAST_HOUR = "INSERT INTO agent_queries (agent, latency_ms, created_at)"
            + " SELECT 'sales', 200, now() - n * interval '6 seconds' FROM generate_series(0, 599) n";

    private static final String ALERTS =
            "SELECT subject, severity, status, details ->> 'window', round((details ->> 'expected')::numeric / 5) * 5,"
                    + " value < (details ->> 'expected')::numeric, opened_at BETWEEN '%s' AND '%s',"
                    + " resolved_at BETWEEN '%s' AND '%s'"
                    + " FROM agentpulse.alert WHERE rule = 'volume_anomaly' ORDER BY opened_at";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void silenceAndThreeTimesAsManyQueriesAreAnAlertEachThatIsResolvedWhenTheyAreOver() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        database.makeHistoryPartitions("now() - interval '18 days'", "now()");
        try (Connection connection = database.connect();
                // It would replace the history, which is made up, by what the table holds.
                Pipeline pipeline = CLUSTER.pipeline(database).with(JobOptions.HISTORY_BACKFILL, false)) {
            Sql.run(connection, PAST, LAST_HOUR);
            pipeline.startAndCatchUp();
            try (LogTime time = new LogTime(database)) {
                // The start took part of the silence.
                Instant foundFrom = lastQuery(connection).plusSeconds(120);
                Instant foundTo = time.now().plusSeconds(210);
                time.passWith(
                        Duration.ofMinutes(5),
                        "INSERT INTO agent_queries (agent, created_at) VALUES ('other', '"
                                + time.now().plusSeconds(300) + "')");
                Instant back = time.now();
                awaitComplete(connection, time);
                assertThat(Sql.rows(connection, alerts(foundFrom, foundTo, back, back)))
                        .containsExactly("sales|info|open|5m|50|t|t|null");

                queries(time, Duration.ofMinutes(40), 6);
                Instant thrice = time.now();
                awaitComplete(connection, time);
                assertThat(Sql.rows(connection, alerts(foundFrom, foundTo, back.plusSeconds(300), thrice)))
                        .containsExactly("sales|info|resolved|5m|50|t|t|t");

                queries(time, Duration.ofMinutes(8), 2);
                queries(time, Duration.ofMinutes(50), 6);
                awaitComplete(connection, time);
                assertThat(Sql.rows(
                                connection,
                                alerts(
                                        thrice.plusSeconds(60),
                                        thrice.plusSeconds(480),
                                        thrice.plusSeconds(480 + 300),
                                        time.now())))
                        .hasSize(2)
                        .last()
                        .isEqualTo("sales|info|resolved|5m|50|f|t|t");
            }
            assertThat(
                            Sql.rows(
                                    connection,
                                    "SELECT round(rate_5m), expected_5m BETWEEN 48 AND 52, low_5m < 50, high_5m > 50, abs(z_5m) < 2,"
                                            + " as_of > now() + interval '90 minutes' FROM agentpulse.agent_trend WHERE agent = 'sales'"))
                    .containsExactly("10|t|t|t|t|t");
            assertThat(
                            Sql.rows(
                                    connection,
                                    "SELECT measure, basis, first_slot > now() + interval '80 minutes', expected[96] BETWEEN 145 AND 156"
                                            + " FROM agentpulse.agent_forecast WHERE agent = 'sales' AND measure = 'query_count'"))
                    .containsExactly("query_count|two_weeks|t|t");
        }
    }

    /** Time that was made to pass stands still until the clock has reached it, and ticks without a change are not written. */
    private static void awaitComplete(Connection connection, LogTime time) throws Exception {
        String isThere = "SELECT as_of >= '" + time.now() + "' FROM agentpulse.pipeline_status";
        Await.until("results are complete up to " + time.now(), () -> Sql.rows(connection, isThere)
                .equals(List.of("t")));
    }

    private static Instant lastQuery(Connection connection) throws SQLException {
        String millis = "SELECT (extract(epoch FROM max(created_at)) * 1000)::bigint FROM agent_queries";
        return Instant.ofEpochMilli(Long.parseLong(Sql.rows(connection, millis).get(0)));
    }

    private static String alerts(Instant openedFrom, Instant openedTo, Instant resolvedFrom, Instant resolvedTo) {
        return ALERTS.formatted(openedFrom, openedTo, resolvedFrom, resolvedTo);
    }

    /** Queries come, evenly, each half-minute's in a transaction at its end. */
    private static void queries(LogTime time, Duration length, int secondsBetween) throws SQLException {
        Instant end = time.now().plus(length);
        while (time.now().isBefore(end)) {
            time.passWith(
                    STEP,
                    "INSERT INTO agent_queries (agent, latency_ms, created_at) SELECT 'sales', 200, '"
                            + time.now().plus(STEP) + "'::timestamptz - n * interval '" + secondsBetween + " seconds'"
                            + " FROM generate_series(0, " + (STEP.toSeconds() / secondsBetween - 1) + ") n");
        }
    }
}
