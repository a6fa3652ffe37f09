package dev.agentpulse.job.performance;

import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.WindowEdges;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Random histories of inserts, updates, moves between agents and deletes, rows late and ahead of time, cut into ticks at
 * random, with restarts anywhere, also in the middle of a transaction, and with agents that leave the heap. Every row that stands is compared with a
 * recalculation over the table.
 */
class AgentPerformancePropertiesTest {

    private static final JobConfig CONFIG = SampleConfig.of(
            "agentpulse.window.sizes", "4 s;10 s;30 s", "agentpulse.window.quality-extra-sizes", "60 s");
    private static final List<Long> SIZES = List.of(4 * SECOND, 10 * SECOND, 30 * SECOND);
    private static final List<String> NAMES = List.of("4s", "10s", "30s");
    private static final List<String> AGENTS = List.of("legal", "ops", "sales");

    /** One agent stays on the heap, because it is the one that changes. */
    private static final long ROOM_FOR_ONE = 1;

    /** The changes of one transaction, and the table after it. */
    private record Transaction(long timeMicros, List<QueryChange> changes, List<QueryRow> table) {}

    @Property(tries = 60)
    void standingRowsEqualARecalculationAfterEveryTick(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Results results = new Results();
        try (AgentDriver driver = new AgentDriver(CONFIG, random.nextBoolean() ? ROOM_FOR_ONE : Long.MAX_VALUE)) {
            play(history(random), driver, random, results, true);
        }
    }

    @Property(tries = 40)
    void healthIsTheSameHoweverTheHistoryIsCut(@ForAll long seed) throws Exception {
        List<Transaction> history = history(new Random(seed));
        List<HealthChange> inOneTick;
        Results oneTick = new Results();
        try (AgentDriver driver = new AgentDriver(CONFIG)) {
            for (Transaction transaction : history) {
                for (QueryChange change : transaction.changes()) {
                    driver.change(change);
                }
            }
            oneTick.take(driver.tick(history.get(history.size() - 1).timeMicros()));
            inOneTick = byAgent(driver.health());
        }
        Results cut = new Results();
        try (AgentDriver driver = new AgentDriver(CONFIG, ROOM_FOR_ONE)) {
            play(history, driver, new Random(seed + 1), cut, false);

            assertThat(byAgent(driver.health())).isEqualTo(inOneTick);
        }
        assertThat(statusAndSince(cut)).isEqualTo(statusAndSince(oneTick));
    }

    private static List<HealthChange> byAgent(List<HealthChange> health) {
        return health.stream().sorted(Comparator.comparing(HealthChange::agent)).toList();
    }

    private static Map<String, String> statusAndSince(Results results) {
        Map<String, String> seen = new TreeMap<>();
        results.health.forEach((agent, row) -> {
            seen.put(agent, row.healthStatus() + " since " + row.sinceMicros());
        });
        return seen;
    }

    /** What stands in the result tables. */
    private static final class Results {
        final Map<String, AgentPerformanceRow> rows = new TreeMap<>();
        final Map<String, AgentHealthRow> health = new TreeMap<>();

        void take(List<TickRecord> emitted) {
            for (TickRecord record : emitted) {
                if (record.performance() != null) {
                    rows.put(
                            record.performance().agent() + "/"
                                    + record.performance().window().name(),
                            record.performance());
                }
                assertThat(record.unmatchedRetractions()).isNull();
                if (record.health() != null) {
                    health.merge(record.health().agent(), record.health(), (before, after) -> after.after(before));
                }
            }
        }
    }

    private static void play(
            List<Transaction> history, AgentDriver driver, Random random, Results results, boolean check)
            throws Exception {
        for (int i = 0; i < history.size(); i++) {
            Transaction transaction = history.get(i);
            for (QueryChange change : transaction.changes()) {
                driver.change(change);
                if (random.nextInt(40) == 0) {
                    driver.restart();
                }
            }
            if (i < history.size() - 1 && random.nextInt(3) == 0) {
                continue;
            }
            results.take(driver.tick(transaction.timeMicros()));
            if (check) {
                assertStanding(results, transaction);
            }
            if (random.nextInt(8) == 0) {
                driver.restart();
            }
        }
    }

    private static void assertStanding(Results results, Transaction now) {
        for (String agent : AGENTS) {
            for (int window = 0; window < SIZES.size(); window++) {
                long start = Math.floorDiv(now.timeMicros(), SECOND) * SECOND - SIZES.get(window);
                AgentPerformanceRow current =
                        recalculated(agent, NAMES.get(window), start, now.timeMicros(), now.table());
                AgentPerformanceRow standing = results.rows.get(agent + "/" + NAMES.get(window));
                if (standing == null) {
                    assertThat(current.figures().queryCount())
                            .as("%s has no row though it has queries", agent)
                            .isZero();
                    continue;
                }
                assertThat(standing)
                        .isEqualTo(recalculated(
                                agent,
                                NAMES.get(window),
                                standing.window().startMicros(),
                                standing.window().endMicros(),
                                now.table()));
                assertThat(standing.figures()).as("of %s", standing).isEqualTo(current.figures());
            }
            AgentHealthRow health = results.health.get(agent);
            if (health != null) {
                assertThat(health.healthStatus()).isEqualTo(recalculatedHealth(agent, now));
            }
        }
    }

    private static String recalculatedHealth(String agent, Transaction now) {
        long start = Math.floorDiv(now.timeMicros(), SECOND) * SECOND - SIZES.get(0);
        List<QueryRow> rows = rows(agent, start, now.timeMicros(), now.table());
        List<Integer> latencies = latencies(rows);
        if (rows.isEmpty()) {
            return "idle";
        }
        double average =
                latencies.stream().mapToInt(Integer::intValue).average().orElse(0);
        return average > 200 ? "degraded" : average > 100 ? "warning" : "healthy";
    }

    private static List<QueryRow> rows(String agent, long start, long end, List<QueryRow> table) {
        return table.stream()
                .filter(row ->
                        row.agent().equals(agent) && row.createdAtMicros() > start && row.createdAtMicros() <= end)
                .toList();
    }

    private static List<Integer> latencies(List<QueryRow> rows) {
        List<Integer> latencies = new ArrayList<>();
        for (QueryRow row : rows) {
            if (row.latencyMs() != null) {
                latencies.add(row.latencyMs());
            }
        }
        Collections.sort(latencies);
        return latencies;
    }

    private static AgentPerformanceRow recalculated(
            String agent, String window, long start, long end, List<QueryRow> table) {
        List<QueryRow> rows = rows(agent, start, end, table);
        List<Integer> latencies = latencies(rows);
        long sum = latencies.stream().mapToLong(Integer::longValue).sum();
        long approved =
                rows.stream().filter(row -> Boolean.TRUE.equals(row.approved())).count();
        long rejected = rows.stream()
                .filter(row -> Boolean.FALSE.equals(row.approved()))
                .count();
        long edited = rows.stream().filter(QueryRow::humanEdited).count();
        BigDecimal approvalRate = exact(100 * approved, approved + rejected);
        BigDecimal editRate = exact(100 * edited, rows.size());
        BigDecimal average = exact(sum, latencies.size());
        AgentPerformanceRow.Figures figures = new AgentPerformanceRow.Figures(
                rows.size(),
                rounded(average),
                latencies.isEmpty() ? null : latencies.get(latencies.size() - 1),
                percentile(latencies, 50),
                percentile(latencies, 95),
                percentile(latencies, 99),
                latencies.stream().filter(ms -> ms > 200).count(),
                approved,
                rejected,
                rows.size() - approved - rejected,
                rounded(approvalRate),
                edited,
                rounded(editRate),
                approvalRate == null || editRate == null || average == null
                        ? null
                        : rounded(approvalRate
                                .multiply(new BigDecimal("0.5"))
                                .add(new BigDecimal("0.3")
                                        .multiply(BigDecimal.valueOf(100).subtract(editRate)))
                                .add(new BigDecimal("0.2")
                                        .multiply(BigDecimal.valueOf(100)
                                                .subtract(average.divide(BigDecimal.TEN, 40, RoundingMode.HALF_UP))
                                                .max(BigDecimal.ZERO)))));
        return new AgentPerformanceRow(agent, new WindowEdges(window, start, end), figures);
    }

    private static @Nullable BigDecimal exact(long numerator, long denominator) {
        return denominator == 0
                ? null
                : BigDecimal.valueOf(numerator).divide(BigDecimal.valueOf(denominator), 30, RoundingMode.HALF_UP);
    }

    private static @Nullable BigDecimal rounded(@Nullable BigDecimal value) {
        // First to fewer digits than the quotients have, so that a sum that is exactly half a hundredth is seen as one.
        return value == null ? null : value.setScale(20, RoundingMode.HALF_UP).setScale(2, RoundingMode.HALF_UP);
    }

    /** {@code percentile_disc}. */
    private static @Nullable Integer percentile(List<Integer> sorted, int percent) {
        return sorted.isEmpty() ? null : sorted.get((percent * sorted.size() + 99) / 100 - 1);
    }

    private static List<Transaction> history(Random random) {
        List<Transaction> history = new ArrayList<>();
        Map<String, QueryRow> table = new TreeMap<>();
        long time = START;
        int transactions = 3 + random.nextInt(40);
        for (int i = 0; i < transactions; i++) {
            time += switch (random.nextInt(8)) {
                case 0 -> 1;
                case 1 -> SECOND - Math.floorMod(time, SECOND); // to the next slide's very edge
                case 2 -> random.nextInt(12) * SECOND + 1;
                case 3 -> 45 * SECOND;
                default -> 1 + random.nextInt(700_000);
            };
            List<QueryChange> changes = new ArrayList<>();
            int rows = random.nextInt(5);
            for (int ordinal = 1; ordinal <= rows; ordinal++) {
                change(random, table, time, changes);
            }
            history.add(new Transaction(time, changes, List.copyOf(table.values())));
        }
        return history;
    }

    private static void change(Random random, Map<String, QueryRow> table, long now, List<QueryChange> changes) {
        String id = "q" + random.nextInt(12);
        QueryRow before = table.remove(id);
        QueryRow after = before != null && random.nextInt(3) == 0 ? null : row(random, id, now);
        if (after != null) {
            table.put(id, after);
        }
        if (before != null && after != null && before.agent().equals(after.agent())) {
            changes.add(new QueryChange(after.agent(), now, false, event(before), event(after)));
            return;
        }
        if (before != null) {
            changes.add(new QueryChange(before.agent(), now, false, event(before), null));
        }
        if (after != null) {
            changes.add(new QueryChange(after.agent(), now, false, null, event(after)));
        }
    }

    private static QueryRow row(Random random, String id, long now) {
        long created =
                switch (random.nextInt(8)) {
                    case 0 -> now + random.nextInt(20) * SECOND;
                    case 1 -> now - random.nextInt(60) * SECOND;
                    case 2 -> Math.floorDiv(now, SECOND) * SECOND - random.nextInt(12) * SECOND;
                    case 3 -> now + random.nextInt(3_000_000);
                    default -> now - random.nextInt(3_000_000);
                };
        return new QueryRow(
                id,
                null,
                AGENTS.get(random.nextInt(AGENTS.size())),
                null,
                random.nextInt(6) == 0 ? null : random.nextInt(450),
                random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean()),
                random.nextInt(3) == 0,
                created);
    }
}
