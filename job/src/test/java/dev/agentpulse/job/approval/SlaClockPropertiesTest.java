package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Samples;
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
import org.jspecify.annotations.Nullable;

class SlaClockPropertiesTest {

    private static final AlertConfig CONFIG = SampleConfig.of().alerts();
    private static final long END = START + 90 * MINUTE;

    /** What the row is from a time on; null for deleted. */
    record Step(long timeMicros, int status, long createdAtMicros) {

        @Nullable
        ApprovalRow row() {
            return switch (status) {
                case 0, 1 -> Samples.pending("a", createdAtMicros);
                case 2 -> Samples.decided("a", ApprovalStatus.APPROVED, createdAtMicros, timeMicros);
                default -> null;
            };
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
        List<TickRecord> said = play(history, Set.of(), Set.of());
        Set<String> open = new HashSet<>();
        Set<String> seen = new HashSet<>();
        for (TickRecord record : said) {
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
        ApprovalRow last = history.get(history.size() - 1).row();
        boolean overdue = last != null && last.isPending() && last.createdAtMicros() + 5 * MINUTE <= END;
        assertThat(!open.isEmpty()).isEqualTo(overdue);
        assertThat(said.stream()
                        .filter(record -> record.kind() == TickRecord.Kind.MESSAGE)
                        .map(record -> Objects.requireNonNull(record.message()))
                        .map(ChannelMessage::eventKey))
                .doesNotHaveDuplicates();
    }

    /** Plays a history; at each of {@code ticks} time is told, and at each of {@code restores} the clock is made anew. */
    private static List<TickRecord> play(List<Step> history, Set<Long> ticks, Set<Long> restores) {
        List<TickRecord> said = new ArrayList<>();
        SlaClock clock = new SlaClock(CONFIG, null);
        TreeSet<Long> cuts = new TreeSet<>(ticks);
        cuts.addAll(restores);
        for (Step step : history) {
            while (!cuts.isEmpty() && cuts.first() < step.timeMicros()) {
                clock = cut(clock, cuts.pollFirst(), restores, said);
            }
            clock.set(step.row(), step.timeMicros(), false, said::add);
        }
        while (!cuts.isEmpty()) {
            clock = cut(clock, cuts.pollFirst(), restores, said);
        }
        clock.advanceTo(END, said::add);
        return said;
    }

    private static SlaClock cut(SlaClock clock, long timeMicros, Set<Long> restores, List<TickRecord> said) {
        clock.advanceTo(timeMicros, said::add);
        return restores.contains(timeMicros) ? new SlaClock(CONFIG, clock.state()) : clock;
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
