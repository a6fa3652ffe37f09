package dev.agentpulse.job.performance;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.event;
import static dev.agentpulse.job.model.Samples.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.HealthChange;
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

class AgentPerformanceLogicTest {

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
    void agentWithNothingInAnyWindowLeavesNeitherStateNorTimer() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), START));
        agents.tick(START);
        assertThat(agents.stateEntries()).isPositive();

        agents.tick(START + 59 * MINUTE);
        assertThat(agents.stateEntries()).isPositive();
        List<TickRecord> last = agents.tick(START + 61 * MINUTE);

        assertThat(rows(last)).extracting(row -> row.figures().queryCount()).containsExactly(0L);
        assertThat(agents.stateEntries()).isZero();
        assertThat(agents.timers()).isZero();
    }

    @Test
    void deletingTheOnlyRowLeavesNeitherStateNorTimer() throws Exception {
        QueryRow row = query("a", "sales", 100, START);
        agents.change(insert(row, START));
        agents.tick(START);
        agents.change(change(row, null, START + SECOND));
        List<TickRecord> emitted = agents.tick(START + SECOND);

        assertThat(rows(emitted)).hasSize(3).allMatch(empty -> empty.figures().queryCount() == 0);
        assertThat(health(emitted).healthStatus()).isEqualTo("idle");
        assertThat(agents.stateEntries()).isZero();
        assertThat(agents.timers()).isZero();
        assertThat(agents.tick(START + 2 * MINUTE * 60)).isEmpty();
    }

    @Test
    void agentWhoseFiguresStayEmitsNothing() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), START));
        agents.tick(START);

        assertThat(agents.tick(START + SECOND)).isEmpty();
        assertThat(agents.tick(START + 30 * SECOND)).isEmpty();
    }

    @Test
    void healthIsEvaluatedWhenAWindowMovesHoweverCoarseTheTicksAre() throws Exception {
        for (int i = 1; i <= 3; i++) {
            agents.change(insert(query("q" + i, "sales", 900, START), START));
        }
        agents.change(insert(query("late", "sales", 10, START + 90 * SECOND), START + 90 * SECOND));
        List<TickRecord> emitted = agents.tick(START + 30 * MINUTE);

        assertThat(agents.health())
                .extracting(HealthChange::timeMicros, HealthChange::degraded, HealthChange::alarming)
                .containsExactly(tuple(START, true, true), tuple(START + MINUTE, false, false));
        assertThat(health(emitted).healthStatus()).isEqualTo("idle");
        assertThat(health(emitted).sinceMicros()).isEqualTo(START + 150 * SECOND);
        assertThat(health(emitted).lastQueryAtMicros()).isEqualTo(START + 90 * SECOND);
    }

    @Test
    void healthWithinATransactionIsNotReported() throws Exception {
        // Slow rows first: between the second and the third the minute would look degraded.
        agents.change(insert(query("a", "sales", 500, START), START));
        agents.change(insert(query("b", "sales", 500, START), START));
        for (int i = 3; i <= 12; i++) {
            agents.change(insert(query("q" + i, "sales", 1, START), START));
        }
        agents.tick(START);

        assertThat(agents.health()).isEmpty();
    }

    @Test
    void rowAheadOfItsTimeEntersWhenTimeReachesIt() throws Exception {
        agents.change(insert(query("a", "sales", 100, START + 30 * SECOND + 1), START));
        assertThat(minute(agents.tick(START)).queryCount()).isZero();
        assertThat(agents.tick(START + 30 * SECOND)).isEmpty();

        assertThat(minute(agents.tick(START + 30 * SECOND + 1)).queryCount()).isEqualTo(1);
    }

    @Test
    void truncateEmptiesEveryAgent() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), START));
        agents.change(insert(query("b", "legal", 100, START), START));
        agents.tick(START);
        agents.change(insert(query("c", "ops", 100, START), START + 1));
        agents.change(truncate(START + 2));
        agents.change(insert(query("d", "ops", 300, START), START + 3));
        List<TickRecord> emitted = agents.tick(START + 3);

        assertThat(rows(emitted))
                .filteredOn(row -> row.window().name().equals("1m"))
                .extracting(AgentPerformanceRow::agent, row -> row.figures().queryCount())
                .containsExactlyInAnyOrder(tuple("sales", 0L), tuple("legal", 0L), tuple("ops", 1L));
        agents.change(change(query("d", "ops", 300, START), null, START + 4));
        agents.tick(START + 4);
        assertThat(agents.stateEntries()).isZero();
    }

    @Test
    void checkpointBetweenAChangeAndItsTickLosesNeitherRowsNorHealth() throws Exception {
        for (int i = 1; i <= 3; i++) {
            agents.change(insert(query("q" + i, "sales", 900, START), START));
            agents.restart();
        }

        assertThat(minute(agents.tick(START)).queryCount()).isEqualTo(3);
        assertThat(agents.health())
                .extracting(HealthChange::timeMicros, HealthChange::degraded, HealthChange::alarming)
                .containsExactly(tuple(START, true, true));
    }

    @Test
    void deletionOfTheOnlyRowIsEmittedThoughACheckpointComesBeforeItsTick() throws Exception {
        QueryRow row = query("a", "sales", 100, START);
        agents.change(insert(row, START));
        agents.tick(START);
        agents.change(change(row, null, START + SECOND));
        agents.restart();

        List<TickRecord> emitted = agents.tick(START + SECOND);

        assertThat(rows(emitted)).hasSize(3).allMatch(empty -> empty.figures().queryCount() == 0);
        assertThat(agents.stateEntries()).isZero();
    }

    @Test
    void truncateAlsoReachesAgentsThatAreOnlyInState() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), START));
        agents.change(insert(query("b", "legal", 100, START), START));
        agents.tick(START);
        agents.restart();
        agents.change(truncate(START + 2));

        assertThat(rows(agents.tick(START + 2)))
                .filteredOn(row -> row.window().name().equals("1m"))
                .extracting(AgentPerformanceRow::agent, row -> row.figures().queryCount())
                .containsExactlyInAnyOrder(tuple("sales", 0L), tuple("legal", 0L));
        assertThat(agents.stateEntries()).isZero();
    }

    @Test
    void retractionOfARowThatIsNotThereIsCountedAndChangesNothing() throws Exception {
        agents.change(insert(query("a", "sales", 100, START), START));
        agents.change(change(query("x", "sales", 555, START), null, START));
        List<TickRecord> emitted = agents.tick(START);

        assertThat(minute(emitted).queryCount()).isEqualTo(1);
        assertThat(emitted)
                .filteredOn(record -> record.kind() == TickRecord.Kind.UNMATCHED_RETRACTIONS)
                .extracting(TickRecord::unmatchedRetractions)
                .containsExactly(1L);
    }

    @Test
    void statusThatLeavesAndReturnsWithinOneTickIsSinceItsReturn() throws Exception {
        agents.change(insert(query("slow", "sales", 900, START), START));
        agents.tick(START);
        QueryRow fast = query("fast", "sales", 1, START + SECOND);
        agents.change(insert(fast, START + SECOND));
        for (int i = 0; i < 9; i++) {
            agents.change(insert(query("fast" + i, "sales", 1, START + SECOND), START + SECOND));
        }
        agents.change(insert(query("slow2", "sales", 9_000, START + 2 * SECOND), START + 2 * SECOND));

        AgentHealthRow row = health(agents.tick(START + 2 * SECOND));

        assertThat(row.healthStatus()).isEqualTo("degraded");
        assertThat(row.sinceMicros()).isEqualTo(START + 2 * SECOND);
        assertThat(row.changeObserved()).isTrue();
    }

    @Test
    void agentThatIsFoundIdleDoesNotClaimToHaveBecomeIdleThen() throws Exception {
        agents.change(insert(query("old", "sales", 1, START - 120 * MINUTE), START));

        AgentHealthRow row = health(agents.tick(START));

        assertThat(row.healthStatus()).isEqualTo("idle");
        assertThat(row.changeObserved()).isFalse();
    }

    private static QueryChange truncate(long timeMicros) {
        return new QueryChange("truncate-0", timeMicros, true, null, null);
    }

    private static QueryChange insert(QueryRow row, long timeMicros) {
        return change(null, row, timeMicros);
    }

    private static QueryChange change(@Nullable QueryRow before, @Nullable QueryRow after, long timeMicros) {
        QueryRow either = after != null ? after : Objects.requireNonNull(before);
        return new QueryChange(either.agent(), timeMicros, false, event(before), event(after));
    }

    private static List<AgentPerformanceRow> rows(List<TickRecord> emitted) {
        List<AgentPerformanceRow> rows = new ArrayList<>();
        for (TickRecord record : emitted) {
            if (record.performance() != null) {
                rows.add(record.performance());
            }
        }
        return rows;
    }

    private static AgentPerformanceRow.Figures minute(List<TickRecord> emitted) {
        return rows(emitted).stream()
                .filter(row -> row.window().name().equals("1m"))
                .reduce((first, second) -> {
                    throw new AssertionError("two rows: " + first + second);
                })
                .orElseThrow()
                .figures();
    }

    private static AgentHealthRow health(List<TickRecord> emitted) {
        return emitted.stream()
                .filter(record -> record.kind() == TickRecord.Kind.HEALTH)
                .map(record -> Objects.requireNonNull(record.health()))
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
