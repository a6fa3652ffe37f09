package dev.agentpulse.local.cluster;

import dev.agentpulse.local.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HighAvailabilityOptions;

/** {@code conf/} of one cluster: the shipped {@code flink-conf/} with this cluster's folders and ports laid over it. */
final class ClusterConfiguration {

    private static final String CONFIG_FILE = "config.yaml";
    private static final String ZOOKEEPER_FILE = "zoo.cfg";
    private static final List<String> LOGGING = List.of("log4j.properties", "log4j-cli.properties");

    private ClusterConfiguration() {}

    static Path shipped() {
        return ProjectFolder.root().resolve("flink-conf");
    }

    static void write(ClusterFolder folder, ClusterPlan plan) throws IOException {
        for (String file : LOGGING) {
            Files.copy(shipped().resolve(file), folder.conf().resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.write(
                folder.conf().resolve(CONFIG_FILE),
                ConfigurationUtils.convertConfigToWritableLines(overlaid(shipped(), folder, plan), false));
        Files.write(folder.conf().resolve(ZOOKEEPER_FILE), zooKeeper(folder, plan));
        Files.writeString(folder.zooKeeper().resolve("myid"), "1");
    }

    static Configuration load(ClusterFolder folder) {
        return GlobalConfiguration.loadConfiguration(folder.conf().toString());
    }

    static Configuration overlaid(Path shipped, ClusterFolder folder, ClusterPlan plan) {
        Configuration configuration = GlobalConfiguration.loadConfiguration(shipped.toString());
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.checkpoints().toUri().toString());
        configuration.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                folder.savepoints().toUri().toString());
        configuration.set(HighAvailabilityOptions.HA_MODE, "zookeeper");
        configuration.set(HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM, "localhost:" + plan.zooKeeperPort());
        configuration.set(
                HighAvailabilityOptions.HA_STORAGE_PATH,
                folder.highAvailability().toUri().toString());
        return configuration;
    }

    /** One server, a tick of a second: sessions may be as short as two ticks, and ours is six. */
    private static List<String> zooKeeper(ClusterFolder folder, ClusterPlan plan) {
        return List.of(
                "tickTime=1000",
                "initLimit=10",
                "syncLimit=5",
                "dataDir=" + folder.zooKeeper(),
                "clientPort=" + plan.zooKeeperPort(),
                "clientPortAddress=127.0.0.1",
                "admin.enableServer=false",
                "autopurge.purgeInterval=1");
    }
}
