package dev.agentpulse.local.chaos.starts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first of the schedules that {@code ./agentpulse chaos --starts 1000} runs. */
class RandomStartsITCase {

    private static final int SCHEDULES = 12;
    private static final long FIRST_SEED = 1;

    @TempDir
    Path folder;

    @Test
    void startsAreExactWhateverFailsMeanwhile() throws Exception {
        System.out.println("seeds from " + FIRST_SEED + " on");

        StartTrials trials = new StartTrials(folder, SCHEDULES, FIRST_SEED, 2, System.out);
        assertThat(trials.run()).isEmpty();
        assertThat(trials.strikesWhileReading())
                .as("faults in the middle of a snapshot")
                .isPositive();
    }
}
