package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.junit.jupiter.api.Test;

class ShippedConfigurationTest {

    private static final Path FOLDER = Checkout.ROOT.resolve("flink-conf");

    private final Configuration shipped = GlobalConfiguration.loadConfiguration(FOLDER.toString());

    @Test
    void keepsCheckpointsAlignedBecauseTheTickWriterReliesOnIt() {
        assertThat(shipped.get(CheckpointingOptions.ENABLE_UNALIGNED)).isFalse();
        assertThat(shipped.get(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT)).isEqualTo(Duration.ZERO);
    }

    @Test
    void keepsStateOnDiskAndCheckpointsAfterTheJob() {
        assertThat(shipped.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
        assertThat(shipped.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
        assertThat(shipped.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION))
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }

    @Test
    void letsNoOtherPageReadWhatTheRestPortAnswers() {
        assertThat(shipped.get(WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN)).isEqualTo("https://nobody.invalid");
        assertThat(ServiceLoader.load(InboundChannelHandlerFactory.class))
                .anyMatch(factory -> factory.getClass().getName().equals("dev.agentpulse.guard.RestGuardFactory"));
    }

    @Test
    void refusesKryoAndGeneratedUids() {
        assertThat(shipped.get(PipelineOptions.GENERIC_TYPES)).isFalse();
        assertThat(shipped.get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
    }

    @Test
    void noticesAFrozenProcessWithinTheBudgetForRecovery() {
        assertThat(shipped.get(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void givesTaskManagersAMemoryPlanThatFlinkAccepts() {
        assertThat(TaskExecutorProcessUtils.processSpecFromConfig(shipped)
                        .getTotalProcessMemorySize()
                        .getMebiBytes())
                .isEqualTo(shipped.get(TaskManagerOptions.TOTAL_PROCESS_MEMORY).getMebiBytes());
    }

    @Test
    void saysWhyForEverySetting() throws IOException {
        List<String> lines = Files.readAllLines(FOLDER.resolve("config.yaml"));
        boolean explained = false;
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("# ---")) {
                explained = false;
            } else if (line.startsWith("#")) {
                explained = true;
            } else {
                assertThat(explained)
                        .as("a comment above, in the same paragraph as: %s", line)
                        .isTrue();
            }
        }
    }

    @Test
    void namesNoFolderOfAMachine() throws IOException {
        assertThat(Files.readString(FOLDER.resolve("config.yaml"))).doesNotContain("file:/", ": /");
    }
}
