package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All agents together are the sums of their parts: an average of averages would weigh a quiet agent as a busy one. */
class AllAgentsHistoryITCase {

    private static final int AGENTS = 7;
    private static final int BUCKETS = 5;

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @Test
    void sumsPartsAndMakesFiguresOfTheSums() throws SQLException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Instant first = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(2, ChronoUnit.HOURS);
        List<String> expected = new ArrayList<>();
        Database database = SERVER.newMigratedDatabase();
        // The first buckets may be of last week.
        database.makeHistoryPartitions("now() - interval '3 hours'", "now()");
        try (Connection connection = database.connect()) {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                long queries = 0;
                long known = 0;
                long sum = 0;
                long asked = 0;
                BigDecimal least = null;
                BigDecimal most = null;
                for (int agent = 0; agent < AGENTS; agent++) {
                    int count = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(1000);
                    int timed = count == 0 ? 0 : random.nextInt(count + 1);
                    long latency = timed * (long) random.nextInt(900);
                    boolean over = bucket < BUCKETS - 1 || agent < AGENTS - 1;
                    Instant start = first.plus(15L * bucket, ChronoUnit.MINUTES);
                    insert(connection, "agent " + agent, start, over, new long[] {count, timed, latency});
                    queries += count;
                    known += timed;
                    sum += latency;
                    asked += count > 0 ? 1 : 0;
                    if (timed > 0) {
                        BigDecimal average = average(latency, timed);
                        least = least == null ? average : least.min(average);
                        most = most == null ? average : most.max(average);
                    }
                }
                expected.add(asked + "|" + queries + "|" + sum + "|" + (known == 0 ? null : average(sum, known)) + "|"
                        + least + "|" + most + "|" + (bucket < BUCKETS - 1 ? "t" : "f"));
            }

            assertThat(Sql.rows(
                            connection,
                            "SELECT agent_count, query_count, latency_sum_ms, avg_latency_ms, fastest_agent_ms, slowest_agent_ms,"
                                    + " final FROM agentpulse.all_agents_history WHERE bucket = '15m' AND bucket_start >= '"
                                    + first + "' ORDER BY bucket_start"))
                    .as("seed %s", seed)
                    .isEqualTo(expected);
        }
    }

    @Test
    void forecastsAddUpSlotBySlot() throws SQLException {
        try (Connection connection = SERVER.newMigratedDatabase().connect()) {
            // The second agent's is a slot younger, and only one of three has the last slot.
            for (String row : List.of(
                    "('a', 'query_count', '2026-01-01T00:00Z', 900, '{1,2,3}'",
                    "('b', 'query_count', '2026-01-01T00:15Z', 900, '{10,20,30}'",
                    "('b', 'concurrency', '2026-01-01T00:15Z', 900, '{7}'")) {
                Sql.run(
                        connection,
                        "INSERT INTO agentpulse.agent_forecast (agent, measure, first_slot, slot_seconds, expected, basis, as_of,"
                                + " commit_lsn) VALUES " + row + ", 'level', '2026-01-01T00:20Z', '0/1')");
            }

            assertThat(Sql.rows(
                            connection,
                            "SELECT measure, extract(epoch FROM slot_start - timestamptz '2026-01-01T00:00Z')::int, slot_seconds,"
                                    + " expected, agent_count FROM agentpulse.all_agents_forecast ORDER BY 1, 2"))
                    .containsExactly(
                            "concurrency|900|900|7|1",
                            "query_count|0|900|1|1",
                            "query_count|900|900|12|2",
                            "query_count|1800|900|23|2",
                            "query_count|2700|900|30|1");
        }
    }

    private static BigDecimal average(long sum, long count) {
        return BigDecimal.valueOf(sum).divide(BigDecimal.valueOf(count), 2, RoundingMode.HALF_UP);
    }

    /** Another length and another zone do not count. */
    private static void insert(Connection connection, String agent, Instant start, boolean over, long[] parts)
            throws SQLException {
        Sql.run(connection, """
                INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, zone, query_count,
                    latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                    human_edited_count, slow_query_count, final, as_of, commit_lsn)
                SELECT '%s', bucket, start, start + interval '15 minutes', zone, %d, %d, %d, '{}', '{}', 0, 0, 0, 0, %b, start, '0/1'
                FROM (VALUES (timestamptz '%s')) AS s (start),
                    (VALUES ('15m', 'UTC'), ('1h', 'UTC'), ('15m', 'Asia/Kathmandu')) AS l (bucket, zone)
                """.formatted(agent, parts[0], parts[1], parts[2], over, start));
    }
}
