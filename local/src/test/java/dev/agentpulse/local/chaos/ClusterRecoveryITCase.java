package dev.agentpulse.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.stack.traffic.TrafficRate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shortest of the long runs: the packaged job on separate processes, each kind of process killed once. */
class ClusterRecoveryITCase {

    private static final long SEED = 1;
    private static final List<Fault> FAULTS = List.of(Fault.KILL_TASK_MANAGER, Fault.KILL_JOB_MANAGER);

    @TempDir
    Path folder;

    @Test
    void losesAndDoublesNothingWhenProcessesAreKilled() throws Exception {
        System.out.println("seed " + SEED);
        System.setProperty(
                "agentpulse.home", Path.of("..").toAbsolutePath().normalize().toString());
        try (Stage stage = Stage.build(folder, 1, 2, Stage.LITTLE_KEPT)) {
            ChaosRun run =
                    new ChaosRun(stage, new FaultSequence(FAULTS, SEED), TrafficRate.parse("50"), 1, SEED, System.out);

            List<FaultReport> reports = run.strike(FAULTS.size());

            assertThat(reports).hasSize(FAULTS.size()).allMatch(FaultReport::isWell);
        }
    }
}
