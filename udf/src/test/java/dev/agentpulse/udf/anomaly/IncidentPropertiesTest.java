package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class IncidentPropertiesTest {

    private static final long STEP_MICROS = 30 * 1_000_000L;
    private static final int MINUTE = 2;

    /** Both windows stay as they are for a number of evaluations. */
    record Spell(Deviation fiveMinutes, Deviation hour, boolean atOnce, int evaluations) {}

    record Evaluation(Deviation fiveMinutes, Deviation hour, boolean atOnce) {}

    @Property(tries = 300)
    void equalsARecomputationFromAllThatWasSeen(@ForAll("spells") List<Spell> spells) {
        List<Evaluation> seen = new ArrayList<>();
        Incident incident = Incident.NONE;
        Naive naive = new Naive();
        for (Spell spell : spells) {
            for (int n = 0; n < spell.evaluations(); n++) {
                seen.add(new Evaluation(spell.fiveMinutes(), spell.hour(), spell.atOnce()));
                incident = incident.next(seen.size() * STEP_MICROS, spell.fiveMinutes(), spell.hour(), spell.atOnce());
                naive.look(seen);
                assertThat(incident.openedAtMicros())
                        .isEqualTo(naive.openedAt == 0 ? null : Long.valueOf(naive.openedAt * STEP_MICROS));
            }
        }
    }

    @Provide
    Arbitrary<List<Spell>> spells() {
        Arbitrary<Deviation> deviations = Combinators.combine(
                        Arbitraries.of(-9.0, -5.1, -4.9, -2.1, -1.9, 0.0, 1.9, 2.1, 4.9, 5.1, 9.0),
                        Arbitraries.of(true, false))
                .as((z, large) -> new Deviation(10, 10, 1, z, large));
        return Combinators.combine(
                        deviations,
                        deviations,
                        Arbitraries.frequencyOf(
                                Tuple.of(9, Arbitraries.just(false)), Tuple.of(1, Arbitraries.just(true))),
                        Arbitraries.integers().between(1, 14))
                .as(Spell::new)
                .list()
                .ofMaxSize(40);
    }

    /** The rule in the words of its description, over the list of all evaluations. */
    private static final class Naive {
        private int openedAt;
        private boolean byHour;

        void look(List<Evaluation> seen) {
            boolean shortNow = seen.get(seen.size() - 1).atOnce()
                    || held(
                            seen,
                            0,
                            MINUTE,
                            e -> e.fiveMinutes().large()
                                    && Math.abs(e.fiveMinutes().z()) > 5);
            boolean hourNow = held(
                    seen,
                    0,
                    4 * MINUTE,
                    e -> e.hour().large() && Math.abs(e.hour().z()) > 5);
            if (openedAt == 0) {
                if (shortNow || hourNow) {
                    openedAt = seen.size();
                    byHour = !shortNow;
                    calmFrom = seen.size();
                }
                return;
            }
            if (byHour && shortNow) {
                byHour = false;
            }
            boolean calm = !seen.get(seen.size() - 1).atOnce() && calm(seen.get(seen.size() - 1));
            calmFrom = calm ? calmFrom : seen.size();
            if (seen.size() - calmFrom > 5 * MINUTE) {
                openedAt = 0;
            }
        }

        /** The last evaluation that was not calm, or the one that opened it. */
        private int calmFrom;

        private boolean calm(Evaluation evaluation) {
            if (byHour) {
                return Math.abs(evaluation.hour().z()) < 2;
            }
            return Math.abs(evaluation.fiveMinutes().z()) < 2
                    && !(evaluation.hour().large() && Math.abs(evaluation.hour().z()) > 5);
        }

        private static boolean held(List<Evaluation> seen, int from, int steps, Predicate<Evaluation> what) {
            return seen.size() - steps > from
                    && seen.subList(seen.size() - steps - 1, seen.size()).stream()
                            .allMatch(what);
        }
    }
}
