package dev.agentpulse.udf.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.udf.aggregate.NaiveFigures;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs the shipped queries over inserts, updates and deletes, and compares with plain sums over the rows that are left. */
class FlinkSqlTest {

    private static final long SEED = 20_260_101;
    private static final Instant START = Instant.parse("2026-01-01T10:58:00Z");
    private static final int SPAN_MILLIS = 180_000;

    private final Random random = new Random(SEED);
    private final SqlSession session = new SqlSession();

    FlinkSqlTest() {
        System.out.println("seed = " + SEED);
    }

    @Test
    void agentPerformanceEqualsPlainSumsOfEveryWindow() throws IOException {
        // One phase adds rows to a window's slices; two phases, below, merge partial results.
        session.set("table.optimizer.agg-phase-strategy", "ONE_PHASE");
        ChangeLog queries = changes(
                150,
                id -> Row.of(
                        id,
                        "c" + id,
                        "agent-" + random.nextInt(2),
                        "why?",
                        latency(),
                        review(),
                        random.nextBoolean(),
                        time()));
        session.declare("agent_queries", queries);
        List<Map<String, Object>> result = session.resultOfFile("queries/agent_performance.sql");
        assertThat(result).hasSizeGreaterThan(100);
        for (Map<String, Object> row : result) {
            Instant start = utc(row.get("window_start"));
            Instant end = utc(row.get("window_end"));
            assertThat(end).isEqualTo(start.plusSeconds(60));
            List<Row> rows = queries.rows().stream()
                    .filter(query -> Objects.equals(query.getField(2), row.get("agent")))
                    .filter(query ->
                            !at(query, 7).isBefore(start) && at(query, 7).isBefore(end))
                    .toList();
            assertPerformance(row, rows);
        }
    }

    private static void assertPerformance(Map<String, Object> row, List<Row> rows) {
        List<Long> latencies = latencies(rows);
        long sum = latencies.stream().mapToLong(Long::longValue).sum();
        assertThat(row.get("query_count")).isEqualTo((long) rows.size());
        assertThat(row.get("avg_latency_ms"))
                .isEqualTo(NaiveFigures.average(BigDecimal.valueOf(sum), latencies.size()));
        assertThat(row.get("max_latency_ms"))
                .isEqualTo(
                        latencies.isEmpty()
                                ? null
                                : Integer.valueOf(Math.toIntExact(
                                        latencies.stream().max(Long::compare).get())));
        for (int percent : new int[] {50, 95, 99}) {
            Integer reported = (Integer) row.get("p" + percent + "_latency_ms");
            NaiveFigures.assertPercentile(
                    reported == null ? null : Long.valueOf(reported),
                    NaiveFigures.percentile(latencies, percent),
                    10_000);
        }
        assertThat(row.get("slow_query_count"))
                .isEqualTo(latencies.stream().filter(ms -> ms > 200).count());
        long approved = count(rows, query -> Boolean.TRUE.equals(query.getField(5)));
        long rejected = count(rows, query -> Boolean.FALSE.equals(query.getField(5)));
        long edited = count(rows, query -> Boolean.TRUE.equals(query.getField(6)));
        assertThat(row.get("approved_count")).isEqualTo(approved);
        assertThat(row.get("rejected_count")).isEqualTo(rejected);
        assertThat(row.get("unreviewed_count")).isEqualTo(rows.size() - approved - rejected);
        assertThat(row.get("approval_rate_pct")).isEqualTo(percent(approved, approved + rejected));
        assertThat(row.get("human_edited_count")).isEqualTo(edited);
        assertThat(row.get("human_edit_rate_pct")).isEqualTo(percent(edited, rows.size()));
        assertThat((BigDecimal) row.get("quality_score"))
                .isEqualTo(qualityScore(rows.size(), latencies.size(), sum, approved, rejected, edited));
    }

    @Test
    void agentTotalsFollowUpdatesAndDeletes() throws IOException {
        ChangeLog queries = changes(
                400,
                id -> Row.of(id, "c" + id, "agent-" + random.nextInt(3), "why?", latency(), review(), null, time()));
        session.declare("agent_queries", queries);
        List<Map<String, Object>> result = session.resultOfFile("queries/agent_totals.sql");
        assertThat(result)
                .extracting(row -> row.get("agent"))
                .containsExactlyInAnyOrder("agent-0", "agent-1", "agent-2");
        for (Map<String, Object> row : result) {
            List<Row> rows = queries.rows().stream()
                    .filter(query -> Objects.equals(query.getField(2), row.get("agent")))
                    .toList();
            List<Long> latencies = latencies(rows);
            long sum = latencies.stream().mapToLong(Long::longValue).sum();
            assertThat(row.get("query_count")).isEqualTo((long) rows.size());
            Integer reported = (Integer) row.get("p95_latency_ms");
            NaiveFigures.assertPercentile(
                    reported == null ? null : Long.valueOf(reported), NaiveFigures.percentile(latencies, 95), 10_000);
            assertThat(row.get("quality_score"))
                    .isEqualTo(qualityScore(
                            rows.size(),
                            latencies.size(),
                            sum,
                            count(rows, query -> Boolean.TRUE.equals(query.getField(5))),
                            count(rows, query -> Boolean.FALSE.equals(query.getField(5))),
                            0));
            assertThat(row.get("health_status")).isEqualTo("degraded");
        }
    }

    @Test
    void approvalActivityCountsWhatIsDecidedNow() throws IOException {
        List<String> statuses = List.of("pending", "approved", "rejected", "expired");
        ChangeLog approvals = changes(300, id -> {
            Instant createdAt = time();
            Instant updatedAt = createdAt.plusMillis(random.nextInt(700_000) - 20_000L);
            return Row.of(id, "c" + id, statuses.get(random.nextInt(4)), "someone", createdAt, updatedAt);
        });
        session.declare("agent_approvals", approvals);
        Map<String, Object> row =
                session.resultOfFile("queries/approval_activity.sql").get(0);
        List<Row> decided = approvals.rows().stream()
                .filter(approval -> !Objects.equals(approval.getField(2), "pending"))
                .toList();
        long approved = count(decided, approval -> Objects.equals(approval.getField(2), "approved"));
        List<Long> hundredths = decided.stream()
                .map(approval ->
                        at(approval, 5).toEpochMilli() - at(approval, 4).toEpochMilli())
                .map(millis -> BigDecimal.valueOf(millis, 3)
                        .setScale(2, RoundingMode.HALF_UP)
                        .unscaledValue()
                        .longValueExact())
                .toList();
        assertThat(row.get("decided_count")).isEqualTo((long) decided.size());
        assertThat(row.get("approved_count")).isEqualTo(approved);
        assertThat(row.get("approval_rate_pct")).isEqualTo(percent(approved, decided.size()));
        assertThat(row.get("p50_resolution_seconds")).isEqualTo(seconds(NaiveFigures.percentile(hundredths, 50)));
        assertThat(row.get("p95_resolution_seconds")).isEqualTo(seconds(NaiveFigures.percentile(hundredths, 95)));
        assertThat(row.get("sla_compliance_pct"))
                .isEqualTo(percent(
                        count(decided, approval -> !at(approval, 5)
                                .isAfter(at(approval, 4).plusSeconds(300))),
                        decided.size()));
    }

    @Test
    void trainingQualityCountsLabelsScoresAndAnnotators() throws IOException {
        session.set("table.optimizer.agg-phase-strategy", "TWO_PHASE");
        List<String> labels = List.of("tone", "fact", "安全");
        ChangeLog feedback = changes(200, id -> {
            String[] given = random.ints(random.nextInt(4), 0, labels.size())
                    .mapToObj(labels::get)
                    .toArray(String[]::new);
            String rubric = random.nextInt(5) == 0 ? null : "{\"clarity\": " + (10 + random.nextInt(40)) / 10.0 + "}";
            return Row.of(id, "c" + id, review(), given, rubric, "annotator-" + random.nextInt(5), time(), time());
        });
        session.declare("agent_feedback", feedback);
        List<Map<String, Object>> result = session.resultOfFile("queries/training_quality.sql");
        assertThat(result).hasSize(2);
        for (Map<String, Object> row : result) {
            Instant start = utc(row.get("window_start"));
            List<Row> rows = feedback.rows().stream()
                    .filter(given ->
                            !at(given, 6).isBefore(start) && at(given, 6).isBefore(start.plusSeconds(3_600)))
                    .toList();
            long safe = count(rows, given -> Boolean.TRUE.equals(given.getField(2)));
            long unsafe = count(rows, given -> Boolean.FALSE.equals(given.getField(2)));
            List<BigDecimal> clarity = rows.stream()
                    .map(given -> (String) given.getField(4))
                    .filter(Objects::nonNull)
                    .map(rubric -> new BigDecimal(rubric.replaceAll("[^0-9.]", "")))
                    .toList();
            Map<String, Integer> labelCounts = new HashMap<>();
            rows.forEach(given -> Arrays.stream((String[]) Objects.requireNonNull(given.getField(3)))
                    .forEach(label -> labelCounts.merge(label, 1, Integer::sum)));
            assertThat(row.get("feedback_count")).isEqualTo((long) rows.size());
            assertThat(row.get("safe_count")).isEqualTo(safe);
            assertThat(row.get("unsafe_rate_pct")).isEqualTo(percent(unsafe, safe + unsafe));
            assertThat(row.get("avg_clarity"))
                    .isEqualTo(NaiveFigures.average(
                            clarity.stream().reduce(BigDecimal.ZERO, BigDecimal::add), clarity.size()));
            assertThat(row.get("avg_tone")).isNull();
            assertThat(row.get("label_counts")).isEqualTo(labelCounts);
            assertThat(row.get("active_annotator_count"))
                    .isEqualTo(rows.stream()
                            .map(given -> given.getField(5))
                            .distinct()
                            .count());
        }
    }

    @Test
    void functionsSayNothingOrIdleWhereThereIsNothing() throws IOException {
        session.declare("no table", new ChangeLog());
        List<Map<String, Object>> result = session.result("SELECT LATENCY_PERCENTILE(CAST(NULL AS INT), 95) AS p,"
                + " QUALITY_SCORE(CAST(NULL AS INT), CAST(NULL AS BOOLEAN), FALSE) AS q,"
                + " LABEL_COUNTS(CAST(NULL AS ARRAY<STRING>)) AS l,"
                + " HEALTH_STATUS(0, 0, CAST(NULL AS BIGINT)) AS h,"
                + " RATE_PCT(0, 0) AS r, ROUNDED_AVERAGE(CAST(NULL AS BIGINT), 0) AS a FROM (VALUES (1))");
        Map<String, Object> expected = new HashMap<>();
        expected.put("p", null);
        expected.put("q", null);
        expected.put("l", Map.of());
        expected.put("h", "idle");
        expected.put("r", null);
        expected.put("a", null);
        assertThat(result).containsExactly(expected);
    }

    /** Inserts, with an update after every second and a delete after every fifth. */
    private ChangeLog changes(int inserts, Function<Long, Row> newRow) {
        ChangeLog log = new ChangeLog();
        for (long id = 1; id <= inserts; id++) {
            log.insert(newRow.apply(id));
            if (id % 2 == 0) {
                log.updateAny(random, newRow.apply(id));
            }
            if (id % 5 == 0) {
                log.deleteAny(random);
            }
        }
        return log;
    }

    private @Nullable Integer latency() {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return null;
        }
        return kind == 1 ? 9_000 + random.nextInt(50_000) : Integer.valueOf(random.nextInt(500));
    }

    private @Nullable Boolean review() {
        return random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean());
    }

    private Instant time() {
        return START.plusMillis(random.nextInt(SPAN_MILLIS));
    }

    private static Instant at(Row row, int field) {
        return (Instant) Objects.requireNonNull(row.getField(field));
    }

    private static Instant utc(@Nullable Object localTime) {
        return ((LocalDateTime) Objects.requireNonNull(localTime)).toInstant(ZoneOffset.UTC);
    }

    private static List<Long> latencies(List<Row> rows) {
        return rows.stream()
                .map(row -> (Integer) row.getField(4))
                .filter(Objects::nonNull)
                .map(Integer::longValue)
                .collect(Collectors.toList());
    }

    private static long count(List<Row> rows, Predicate<Row> condition) {
        return rows.stream().filter(condition).count();
    }

    private static @Nullable BigDecimal percent(long part, long whole) {
        return NaiveFigures.average(BigDecimal.valueOf(100 * part), Math.toIntExact(whole));
    }

    private static @Nullable BigDecimal seconds(@Nullable Long hundredths) {
        return hundredths == null ? null : BigDecimal.valueOf(hundredths, 2);
    }

    /** With parts to thirty decimals; the seeds here give no score that close to a half. */
    private static @Nullable BigDecimal qualityScore(
            long queries, long timed, long latencySum, long approved, long rejected, long edited) {
        if (queries == 0 || timed == 0 || approved + rejected == 0) {
            return null;
        }
        BigDecimal approval = fraction(100 * approved, approved + rejected);
        BigDecimal unedited = BigDecimal.valueOf(100).subtract(fraction(100 * edited, queries));
        BigDecimal speed = BigDecimal.valueOf(100)
                .subtract(fraction(latencySum, 10 * timed))
                .max(BigDecimal.ZERO);
        return approval.multiply(new BigDecimal("0.5"))
                .add(unedited.multiply(new BigDecimal("0.3")))
                .add(speed.multiply(new BigDecimal("0.2")))
                .setScale(2, RoundingMode.HALF_UP);
    }

    private static BigDecimal fraction(long numerator, long denominator) {
        return BigDecimal.valueOf(numerator).divide(BigDecimal.valueOf(denominator), 30, RoundingMode.HALF_UP);
    }
}
