package dev.agentpulse.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultSequenceTest {

    private static final List<Fault> ALL = List.of(Fault.values());

    @Test
    void isTheSameForTheSameSeed() {
        assertThat(first(40, 7)).isEqualTo(first(40, 7)).isNotEqualTo(first(40, 8));
    }

    @Test
    void holdsEveryKindOncePerRound() {
        assertThat(first(ALL.size(), 5)).containsExactlyInAnyOrderElementsOf(ALL);
    }

    private static List<Fault> first(int count, long seed) {
        FaultSequence sequence = new FaultSequence(ALL, seed);
        List<Fault> faults = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            faults.add(sequence.next());
        }
        return faults;
    }
}
