package dev.agentpulse.local.stack.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkSettingsTest {

    @TempDir
    private Path temporary;

    @Test
    void behavesAsTheShippedConfigurationSays() throws IOException {
        Configuration settings = FlinkSettings.load(temporary.resolve("work folder"), 8081, Optional.empty());

        assertThat(settings.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
        assertThat(settings.get(PipelineOptions.GENERIC_TYPES)).isFalse();
        assertThat(settings.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
    }

    @Test
    void listensOnLoopbackOnly() throws IOException {
        Configuration settings = FlinkSettings.load(temporary.resolve("work folder"), 8099, Optional.empty());

        assertThat(settings.get(RestOptions.BIND_ADDRESS)).isEqualTo("127.0.0.1");
        assertThat(settings.get(RestOptions.BIND_PORT)).isEqualTo("8099");
        assertThat(settings.keySet()).noneMatch(key -> key.startsWith("metrics.reporter"));
    }

    @Test
    void keepsCheckpointsInTheWorkFolder() throws IOException {
        Configuration settings = FlinkSettings.load(temporary.resolve("work folder"), 8081, Optional.empty());

        // Flink takes what is between the slashes as it is: an escaped space would become another folder.
        assertThat(settings.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY))
                .startsWith("file:/")
                .endsWith("/work folder/checkpoints");
        assertThat(settings.getOptional(StateRecoveryOptions.SAVEPOINT_PATH)).isEmpty();
    }

    @Test
    void goesOnFromACheckpoint() throws IOException {
        Configuration settings =
                FlinkSettings.load(temporary.resolve("work folder"), 8081, Optional.of(Path.of("/checkpoint")));

        assertThat(settings.get(StateRecoveryOptions.SAVEPOINT_PATH)).isEqualTo("file:/checkpoint");
    }
}
