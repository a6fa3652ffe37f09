package dev.agentpulse.job.performance;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentPerformanceFunctionTest {

    private AgentDriver agents;

    @BeforeEach
    void start() throws Exception {
        agents = new AgentDriver(SampleConfig.of());
    }

    @AfterEach
    void stop() throws Exception {
        agents.close();
    }

    @Test
    void changeAheadOfTheTickWaitsForItsOwn() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), at(START, 1)));
        agents.change(insert(query("b", "sales", 300, START + 10), at(START + 10, 1)));

        assertThat(minute(agents.tick(START)).queryCount()).isEqualTo(1);
        AgentPerformanceRow next = minute(agents.tick(START + 10));
        assertThat(next.queryCount()).isEqualTo(2);
        assertThat(next.avgLatencyMs()).isEqualByComparingTo("200");
    }

    @Test
    void changesThatOvertakeEachOtherOnTheWayGiveTheSameRows() throws Exception {
        List<QueryChange> changes = List.of(
                insert(query("a", "sales", 100, START), at(START, 1)),
                change(query("a", "sales", 100, START), query("a", "sales", 250, START), at(START + 5, 1)),
                change(query("a", "sales", 250, START), null, at(START + 5, 2)),
                insert(query("a", "sales", 700, START + 7), at(START + 7, 1)));
        for (QueryChange change : changes) {
            agents.change(change);
        }
        List<TickRecord> inOrder = agents.tick(START + 7);

        try (AgentDriver others = new AgentDriver(SampleConfig.of())) {
            for (int i : new int[] {3, 2, 0, 1}) {
                others.change(changes.get(i));
            }
            assertThat(others.tick(START + 7)).isEqualTo(inOrder);
            assertThat(others.health()).isEqualTo(agents.health());
        }
        assertThat(minute(inOrder).maxLatencyMs()).isEqualTo(700);
    }

    @Test
    void agentWithNothingInAnyWindowLeavesNeitherStateNorTimer() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), at(START, 1)));
        agents.tick(START);
        assertThat(agents.stateEntries()).isPositive();

        agents.tick(START + 59 * MINUTE);
        assertThat(agents.stateEntries()).isPositive();
        List<TickRecord> last = agents.tick(START + 61 * MINUTE);

        assertThat(rows(last)).extracting(AgentPerformanceRow::queryCount).containsExactly(0L);
        assertThat(agents.stateEntries()).isZero();
        assertThat(agents.timers()).isZero();
    }

    @Test
    void deletingTheOnlyRowLeavesNeitherStateNorTimer() throws Exception {
        QueryRow row = query("a", "sales", 100, START);
        agents.change(insert(row, at(START, 1)));
        agents.tick(START);
        agents.change(change(row, null, at(START + SECOND, 1)));
        List<TickRecord> said = agents.tick(START + SECOND);

        assertThat(rows(said)).hasSize(3).allSatisfy(empty -> assertThat(empty.queryCount())
                .isZero());
        assertThat(health(said).healthStatus()).isEqualTo("idle");
        assertThat(agents.stateEntries()).isZero();
        // The one timer that is left was set for the row's way out of the minute; it finds nothing.
        agents.tick(START + 2 * MINUTE * 60);
        assertThat(agents.timers()).isZero();
        assertThat(agents.stateEntries()).isZero();
    }

    @Test
    void nothingIsSaidOfAnAgentWhoseFiguresStay() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), at(START, 1)));
        agents.tick(START);

        assertThat(agents.tick(START + SECOND)).isEmpty();
        assertThat(agents.tick(START + 30 * SECOND)).isEmpty();
    }

    @Test
    void healthIsLookedAtWhenAWindowMovesHoweverCoarseTheTicksAre() throws Exception {
        for (int i = 1; i <= 3; i++) {
            agents.change(insert(query("q" + i, "sales", 900, START), at(START, i)));
        }
        agents.change(insert(query("late", "sales", 10, START + 90 * SECOND), at(START + 90 * SECOND, 1)));
        List<TickRecord> said = agents.tick(START + 30 * MINUTE);

        assertThat(agents.health())
                .extracting(HealthChange::timeMicros, HealthChange::degraded, HealthChange::alarming)
                .containsExactly(tuple(START, true, true), tuple(START + MINUTE, false, false));
        assertThat(health(said).healthStatus()).isEqualTo("idle");
        assertThat(health(said).sinceMicros()).isEqualTo(START + 150 * SECOND);
        assertThat(health(said).lastQueryAtMicros()).isEqualTo(START + 90 * SECOND);
    }

    @Test
    void healthOfAHalfAppliedTransactionIsNobodysBusiness() throws Exception {
        // Slow rows first: between the second and the third the minute would look degraded.
        agents.change(insert(query("a", "sales", 500, START), at(START, 1)));
        agents.change(insert(query("b", "sales", 500, START), at(START, 2)));
        for (int i = 3; i <= 12; i++) {
            agents.change(insert(query("q" + i, "sales", 1, START), at(START, i)));
        }
        agents.tick(START);

        assertThat(agents.health()).isEmpty();
    }

    @Test
    void rowAheadOfItsTimeEntersWhenTimeReachesIt() throws Exception {
        agents.change(insert(query("a", "sales", 100, START + 30 * SECOND + 1), at(START, 1)));
        assertThat(minute(agents.tick(START)).queryCount()).isZero();
        assertThat(agents.tick(START + 30 * SECOND)).isEmpty();

        assertThat(minute(agents.tick(START + 30 * SECOND + 1)).queryCount()).isEqualTo(1);
    }

    @Test
    void truncateEmptiesEveryAgent() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), at(START, 1)));
        agents.change(insert(query("b", "legal", 100, START), at(START, 2)));
        agents.tick(START);
        agents.change(insert(query("c", "ops", 100, START), at(START + 1, 1)));
        agents.change(new QueryChange("truncate-0", at(START + 2, 1), true, null, null));
        agents.change(insert(query("d", "ops", 300, START), at(START + 3, 1)));
        List<TickRecord> said = agents.tick(START + 3);

        assertThat(rows(said))
                .filteredOn(row -> row.windowName().equals("1m"))
                .extracting(AgentPerformanceRow::agent, AgentPerformanceRow::queryCount)
                .containsExactlyInAnyOrder(tuple("sales", 0L), tuple("legal", 0L), tuple("ops", 1L));
        agents.change(change(query("d", "ops", 300, START), null, at(START + 4, 1)));
        agents.tick(START + 4);
        assertThat(agents.stateEntries()).isZero();
    }

    @Test
    void bulkLoadThatIsAppliedBeforeItsTickGivesTheSameRows() throws Exception {
        // A change that says "all earlier ticks are done" lets the rows in early; one that does not, makes them wait.
        long end = START + 7 * SECOND;
        List<TickRecord> early;
        try (AgentDriver others = new AgentDriver(SampleConfig.of())) {
            bulkLoad(others, START, Long.MIN_VALUE);
            early = others.tick(end);
            assertThat(others.health()).isNotEmpty();
            bulkLoad(agents, START, START + SECOND);
            assertThat(agents.tick(end)).isEqualTo(early);
            assertThat(agents.health()).isEqualTo(others.health());
        }
        assertThat(minute(early).queryCount()).isEqualTo(10_000);
    }

    @Test
    void truncateThatOvertakesRowsOnTheWayTakesThoseBeforeItOnlyAlsoAfterARestart() throws Exception {
        agents.change(new QueryChange("truncate-0", at(START + 2, 1), true, null, null));
        agents.restart();
        agents.change(insert(query("a", "sales", 100, START), at(START + 1, 1)));
        agents.change(insert(query("b", "sales", 300, START + 3), at(START + 3, 1)));

        AgentPerformanceRow row = minute(agents.tick(START + 3));

        assertThat(row.queryCount()).isEqualTo(1);
        assertThat(row.maxLatencyMs()).isEqualTo(300);
    }

    @Test
    void truncateBehindABulkLoadOfTheSameTickEmptiesIt() throws Exception {
        agents.change(new QueryChange("truncate-0", at(START + 6 * SECOND, 1), true, null, null));
        bulkLoad(agents, START, Long.MIN_VALUE);

        assertThat(minute(agents.tick(START + 7 * SECOND)).queryCount()).isZero();
    }

    private static void bulkLoad(AgentDriver driver, long from, long tickMicros) throws Exception {
        for (int i = 0; i < 10_000; i++) {
            long time = from + i / 2_000 * SECOND;
            driver.change(insert(
                    query("q" + i, "sales", i % 1_000, from - i % 50 * MINUTE / 60),
                    new LogPosition(time, tickMicros, 1, i % 2_000 + 1)));
        }
    }

    private static QueryChange insert(QueryRow row, LogPosition position) {
        return change(null, row, position);
    }

    private static QueryChange change(@Nullable QueryRow before, @Nullable QueryRow after, LogPosition position) {
        QueryRow either = after != null ? after : Objects.requireNonNull(before);
        return new QueryChange(either.agent(), position, false, before, after);
    }

    private static List<AgentPerformanceRow> rows(List<TickRecord> said) {
        List<AgentPerformanceRow> rows = new ArrayList<>();
        for (TickRecord record : said) {
            if (record.performance() != null) {
                rows.add(record.performance());
            }
        }
        return rows;
    }

    private static AgentPerformanceRow minute(List<TickRecord> said) {
        return rows(said).stream()
                .filter(row -> row.windowName().equals("1m"))
                .reduce((first, second) -> {
                    throw new AssertionError("two rows: " + first + second);
                })
                .orElseThrow();
    }

    private static AgentHealthRow health(List<TickRecord> said) {
        return said.stream()
                .filter(record -> record.kind() == TickRecord.Kind.HEALTH)
                .map(record -> Objects.requireNonNull(record.health()))
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
