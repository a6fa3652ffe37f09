package dev.agentpulse.job.pipeline;

import dev.agentpulse.job.sql.Database;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Flink cluster in this process for the length of a test class, with the settings of {@code flink-conf}. */
final class PipelineCluster implements BeforeAllCallback, AfterAllCallback {

    private static final String CONFIG_FILE = "/flink-conf/config.yaml";
    private static final String LOOPBACK = "127.0.0.1";

    /** A cluster in one process loses nobody: whatever is late here comes of a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private @Nullable Path folder;
    private @Nullable MiniCluster cluster;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = java.nio.file.Files.createTempDirectory("pipeline");
        Configuration settings = settings();
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(settings.get(TaskManagerOptions.NUM_TASK_SLOTS))
                .build());
        cluster.start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        flink().closeAsync().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        FileUtils.deleteQuietly(folder().toFile());
    }

    MiniCluster flink() {
        return Objects.requireNonNull(cluster, "the cluster runs only while the tests of its class do");
    }

    URI webAddress() throws Exception {
        return flink().getRestAddress().get();
    }

    /** The job on a database, not started yet, with a slot of its own. */
    Pipeline pipeline(Database database) {
        return new Pipeline(flink(), settings(), database, folder().resolve(database.name()));
    }

    private Path folder() {
        return Objects.requireNonNull(folder, "the cluster runs only while the tests of its class do");
    }

    private Configuration settings() {
        URL file = Objects.requireNonNull(PipelineCluster.class.getResource(CONFIG_FILE), CONFIG_FILE);
        Configuration settings = GlobalConfiguration.loadConfiguration(
                Objects.requireNonNull(Path.of(URI.create(file.toString())).getParent())
                        .toString());
        settings.set(RestOptions.ADDRESS, LOOPBACK);
        settings.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        settings.set(RestOptions.BIND_PORT, "0");
        settings.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(CoreOptions.TMP_DIRS, folder().resolve("tmp").toString());
        settings.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, PATIENCE);
        settings.set(RpcOptions.ASK_TIMEOUT_DURATION, PATIENCE);
        settings.set(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, PATIENCE);
        settings.removeConfig(MetricOptions.REPORTERS_LIST);
        return settings;
    }
}
