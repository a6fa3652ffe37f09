package dev.agentpulse.local.stack.flink;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.RestoreMode;

/**
 * The configuration of the in-process cluster: {@code flink-conf/config.yaml}, the very file that a real cluster uses,
 * with only addresses and folders laid over it.
 */
public final class FlinkSettings {

    /** Temporary files, below the work folder; worth nothing after the end of the process. */
    public static final String TEMPORARY_NAME = "flink-temporary";

    private static final String CONFIG_RESOURCE = "/flink-conf/config.yaml";
    private static final String REPORTER_PREFIX = "metrics.reporter";
    private static final String LOOPBACK = "127.0.0.1";

    private FlinkSettings() {}

    /**
     * The shipped settings, bound to loopback and to one folder.
     *
     * @param workFolder for checkpoints and temporary files
     * @param resumeFrom the checkpoint to go on from
     */
    public static Configuration load(Path workFolder, int webPort, Optional<Path> resumeFrom) throws IOException {
        Path temporaryFolder = workFolder.resolve(TEMPORARY_NAME);
        Configuration settings = shipped(temporaryFolder);

        settings.set(RestOptions.ADDRESS, LOOPBACK);
        settings.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        settings.set(RestOptions.PORT, webPort);
        settings.set(RestOptions.BIND_PORT, Integer.toString(webPort));
        settings.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(TaskManagerOptions.BIND_HOST, LOOPBACK);

        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, address(workFolder.resolve(CheckpointFolder.NAME)));
        settings.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, address(workFolder.resolve("savepoints")));
        settings.set(CoreOptions.TMP_DIRS, temporaryFolder.toString());
        String logFile = System.getProperty("log.file");
        if (logFile != null) {
            settings.set(WebOptions.LOG_PATH, logFile);
        }
        // Nobody scrapes a demo, and its endpoint would listen beyond this machine.
        settings.toMap().keySet().stream()
                .filter(key -> key.startsWith(REPORTER_PREFIX))
                .forEach(settings::removeKey);
        resumeFrom.ifPresent(checkpoint -> {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, address(checkpoint));
            // The new job deletes it when it has newer ones; else every start would leave some behind.
            settings.set(StateRecoveryOptions.RESTORE_MODE, RestoreMode.CLAIM);
        });
        return settings;
    }

    /** As Flink takes it: a space stays a space, unlike in a URI of Java's. */
    private static String address(Path path) {
        return org.apache.flink.core.fs.Path.fromLocalFile(path.toFile()).toString();
    }

    /** Flink reads a folder of the file system, and the shipped file may lie in a jar. */
    private static Configuration shipped(Path temporaryFolder) throws IOException {
        Path folder = Files.createDirectories(temporaryFolder.resolve("conf"));
        try (InputStream shipped = FlinkSettings.class.getResourceAsStream(CONFIG_RESOURCE)) {
            if (shipped == null) {
                throw new IllegalStateException("the class path lacks " + CONFIG_RESOURCE);
            }
            Files.copy(shipped, folder.resolve("config.yaml"), StandardCopyOption.REPLACE_EXISTING);
        }
        return GlobalConfiguration.loadConfiguration(folder.toString());
    }
}
