package dev.agentpulse.local.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Which fault comes when: rounds of all kinds, each round in another order, the same for the same seed. */
public final class FaultSequence {

    private static final int LONGEST_PAUSE_MILLIS = 4000;

    private final List<Fault> kinds;
    private final Random random;
    private final List<Fault> round = new ArrayList<>();

    public FaultSequence(List<Fault> kinds, long seed) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("kinds must hold at least one fault, but is empty");
        }
        this.kinds = List.copyOf(kinds);
        this.random = new Random(seed);
    }

    /** The next one. */
    public Fault next() {
        if (round.isEmpty()) {
            round.addAll(kinds);
            Collections.shuffle(round, random);
        }
        return round.remove(round.size() - 1);
    }

    /** How long all is well before the next one, so that it falls anywhere between two checkpoints. */
    long nextPauseMillis() {
        return random.nextInt(LONGEST_PAUSE_MILLIS);
    }
}
