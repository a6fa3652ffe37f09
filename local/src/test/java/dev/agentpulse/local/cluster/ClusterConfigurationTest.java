package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConfigurationTest {

    private static final ClusterPlan PLAN = new ClusterPlan(2, 3, 8081, 2181);

    @TempDir
    Path root;

    @Test
    void laysFoldersAndLeaderElectionOverTheShippedConfiguration() {
        ClusterFolder folder = new ClusterFolder(root);

        Configuration configuration = overlaid(folder);

        assertThat(configuration.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY))
                .isEqualTo(folder.checkpoints().toUri().toString());
        assertThat(configuration.get(HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM))
                .isEqualTo("localhost:2181");
        assertThat(configuration.get(JobManagerOptions.BIND_HOST)).isEqualTo("localhost");
    }

    @Test
    void startsZooKeeperThenJobManagersThenTaskManagers() {
        assertThat(processes())
                .extracting(FlinkProcess::name)
                .containsExactly(
                        "zookeeper",
                        "job-manager-1",
                        "job-manager-2",
                        "task-manager-1",
                        "task-manager-2",
                        "task-manager-3");
    }

    @Test
    void givesEachJobManagerARestPortOfItsOwn() {
        assertThat(processes().get(1).arguments()).contains("rest.port=8081");
        assertThat(processes().get(2).arguments()).contains("rest.port=8082");
    }

    @Test
    void startsTaskManagersWithTheMemoryThatFlinkComputes() {
        FlinkProcess taskManager = processes().get(3);

        assertThat(taskManager.jvmFlags()).anyMatch(flag -> flag.startsWith("-Xmx"));
        assertThat(taskManager.arguments())
                .anyMatch(argument -> argument.startsWith("taskmanager.memory.managed.size="));
    }

    @Test
    void opensWhatFlinkNeedsOnJava17() {
        assertThat(processes().get(1).jvmFlags()).contains("--add-opens=java.base/java.util=ALL-UNNAMED");
    }

    private List<FlinkProcess> processes() {
        ClusterFolder folder = new ClusterFolder(root);
        return FlinkProcesses.of(folder, PLAN, overlaid(folder));
    }

    private static Configuration overlaid(ClusterFolder folder) {
        return ClusterConfiguration.overlaid(Checkout.ROOT.resolve("flink-conf"), folder, PLAN);
    }
}
