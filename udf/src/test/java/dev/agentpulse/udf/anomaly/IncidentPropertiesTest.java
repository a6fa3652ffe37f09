package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class IncidentPropertiesTest {

    private static final long STEP_MICROS = 30 * 1_000_000L;

    /** Both windows stay as they are for a number of evaluations. */
    record Spell(Deviation fiveMinutes, Deviation hour, boolean atOnce, int evaluations) {}

    @Property(tries = 300)
    void equalsARecomputationFromAllThatWasSeen(@ForAll("spells") List<Spell> spells) {
        Incident incident = Incident.NONE;
        NaiveIncident naive = new NaiveIncident();
        int step = 0;
        for (Spell spell : spells) {
            for (int n = 0; n < spell.evaluations(); n++) {
                step++;
                incident = incident.next(step * STEP_MICROS, spell.fiveMinutes(), spell.hour(), spell.atOnce());
                naive.look(spell.fiveMinutes(), spell.hour(), spell.atOnce());
                assertThat(incident.openedAtMicros())
                        .isEqualTo(naive.openedAt() == 0 ? null : Long.valueOf(naive.openedAt() * STEP_MICROS));
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
}
