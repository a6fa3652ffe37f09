package dev.agentpulse.local.cluster.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.ClusterFolder;
import dev.agentpulse.local.cluster.ClusterPlan;
import dev.agentpulse.local.cluster.LoopbackPorts;
import dev.agentpulse.local.database.Migrations;
import dev.agentpulse.local.database.SourceTables;
import dev.agentpulse.local.traffic.TrafficRate;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
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
        try (ChaosDatabase database = new ChaosDatabase(folder.resolve("postgres"))) {
            Migrations.apply(database.address(), SourceTables.of(new Configuration()), true);
            Cluster cluster = Cluster.prepare(
                    new ClusterFolder(folder.resolve("cluster")),
                    new ClusterPlan(1, 2, LoopbackPorts.anyFree(), LoopbackPorts.anyFree()));
            try {
                cluster.start();
                ChaosRun run = new ChaosRun(
                        new Stage(cluster, database),
                        new FaultSequence(FAULTS, SEED),
                        TrafficRate.parse("50"),
                        1,
                        SEED,
                        System.out);

                List<FaultReport> reports = run.strike(FAULTS.size());

                assertThat(reports).hasSize(FAULTS.size()).allMatch(FaultReport::isWell);
            } finally {
                cluster.stop();
            }
        }
    }
}
