package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SlaClockPropertiesTest {

    private static final AlertConfig CONFIG = SampleConfig.of().alerts();
    private static final long END = START + 90 * MINUTE;

    /** What the row is from a time on: pending, or decided or deleted. */
    record Step(long timeMicros, int status, long createdAtMicros) {

        boolean isPending() {
            return status < 2;
        }

        SlaChange change() {
            return isPending()
                    ? SlaChange.pending(Samples.pending("a", createdAtMicros), timeMicros, false)
                    : SlaChange.over("a", timeMicros, false);
        }
    }

    @Property
    void cuttingOfTimeAndRestoresChangeNothing(
            @ForAll("histories") List<Step> history,
            @ForAll("cuts") Set<Long> cuts,
            @ForAll("cuts") Set<Long> restores) {
        List<TickRecord> inOneGo = play(history, Set.of(), Set.of());

        assertThat(play(history, cuts, Set.of())).isEqualTo(inOneGo);
        assertThat(play(history, cuts, restores)).isEqualTo(inOneGo);
    }

    @Property
    void alertIsOpenExactlyWhileAPendingRowIsOverdue(@ForAll("histories") List<Step> history) {
        List<TickRecord> emitted = play(history, Set.of(), Set.of());
        Set<String> open = new HashSet<>();
        Set<String> seen = new HashSet<>();
        for (TickRecord record : emitted) {
            if (record.kind() == TickRecord.Kind.ALERT) {
                AlertChange alert = Objects.requireNonNull(record.alert());
                switch (alert.step()) {
                    case OPEN -> {
                        assertThat(open).as("one alert at a time").isEmpty();
                        assertThat(seen.add(alert.alertId()))
                                .as("a name of its own")
                                .isTrue();
                        open.add(alert.alertId());
                    }
                    case ESCALATE -> assertThat(open).containsExactly(alert.alertId());
                    case RESOLVE -> assertThat(open.remove(alert.alertId())).isTrue();
                    default -> throw new AssertionError(alert.step());
                }
            }
        }
        Step last = history.get(history.size() - 1);
        boolean overdue = last.isPending() && last.createdAtMicros() + 5 * MINUTE <= END;
        assertThat(!open.isEmpty()).isEqualTo(overdue);
        assertThat(emitted.stream()
                        .filter(record -> record.kind() == TickRecord.Kind.MESSAGE)
                        .map(record -> Objects.requireNonNull(record.message()))
                        .map(ChannelMessage::eventKey))
                .doesNotHaveDuplicates();
    }

    /** Plays a history; at each of {@code ticks} time is advanced, and at each of {@code restores} the clock is made anew. */
    private static List<TickRecord> play(List<Step> history, Set<Long> ticks, Set<Long> restores) {
        List<TickRecord> emitted = new ArrayList<>();
        SlaClock clock = new SlaClock(CONFIG, "a", false, null);
        TreeSet<Long> cuts = new TreeSet<>(ticks);
        cuts.addAll(restores);
        for (Step step : history) {
            while (!cuts.isEmpty() && cuts.first() < step.timeMicros()) {
                clock = cut(clock, cuts.pollFirst(), restores, emitted);
            }
            clock.apply(step.change(), (time, record) -> emitted.add(record));
        }
        while (!cuts.isEmpty()) {
            clock = cut(clock, cuts.pollFirst(), restores, emitted);
        }
        clock.advanceTo(END, (time, record) -> emitted.add(record));
        return emitted;
    }

    private static SlaClock cut(SlaClock clock, long timeMicros, Set<Long> restores, List<TickRecord> emitted) {
        clock.advanceTo(timeMicros, (time, record) -> emitted.add(record));
        return restores.contains(timeMicros) ? new SlaClock(CONFIG, "a", false, clock.state()) : clock;
    }

    /** Times on a coarse grid, so that deadlines, changes and ticks often coincide. */
    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Long> time = Arbitraries.longs().between(0, 160).map(half -> START + half * MINUTE / 2);
        Arbitrary<Long> created = Arbitraries.longs().between(-20, 60).map(half -> START + half * MINUTE / 2);
        return Combinators.combine(time, Arbitraries.integers().between(0, 3), created)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(steps -> steps.stream()
                        .sorted((a, b) -> Long.compare(a.timeMicros(), b.timeMicros()))
                        .toList());
    }

    @Provide
    Arbitrary<Set<Long>> cuts() {
        return Arbitraries.longs()
                .between(0, 170)
                .map(half -> START + half * MINUTE / 2)
                .set()
                .ofMaxSize(40);
    }
}
