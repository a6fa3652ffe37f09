package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Which processes a cluster has and where they listen; kept in its folder, so that every later command knows.
 *
 * @param jobManagers one leads, the others stand by
 * @param restPort of the first job manager; the others take the ports that follow
 * @param zooKeeperPort where leader and running job are remembered; without that a killed job manager forgets its job
 */
public record ClusterPlan(int jobManagers, int taskManagers, int restPort, int zooKeeperPort) {

    private static final String FILE = "plan.properties";
    private static final int MAX_PROCESSES = 16;
    private static final int MAX_PORT = 65_535;

    public ClusterPlan {
        requireCount("--job-managers", jobManagers);
        requireCount("--task-managers", taskManagers);
        requirePort("--rest-port", restPort + jobManagers - 1);
        requirePort("--zookeeper-port", zooKeeperPort);
    }

    int restPort(int jobManagerIndex) {
        return restPort + jobManagerIndex;
    }

    List<Integer> restPorts() {
        List<Integer> ports = new ArrayList<>();
        for (int index = 0; index < jobManagers; index++) {
            ports.add(restPort(index));
        }
        return ports;
    }

    void save(ClusterFolder folder) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("job-managers", Integer.toString(jobManagers));
        properties.setProperty("task-managers", Integer.toString(taskManagers));
        properties.setProperty("rest-port", Integer.toString(restPort));
        properties.setProperty("zookeeper-port", Integer.toString(zooKeeperPort));
        try (Writer writer = Files.newBufferedWriter(folder.processIds().resolve(FILE))) {
            properties.store(writer, null);
        }
    }

    /** The plan of the cluster in this folder, if one was ever started there. */
    public static Optional<ClusterPlan> load(ClusterFolder folder) throws IOException {
        Path file = folder.processIds().resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return Optional.of(new ClusterPlan(
                number(properties, "job-managers", file),
                number(properties, "task-managers", file),
                number(properties, "rest-port", file),
                number(properties, "zookeeper-port", file)));
    }

    private static int number(Properties properties, String key, Path file) {
        String value = properties.getProperty(key, "");
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new CliFailure(
                    key + " in " + file + " must be a number, but is '" + value + "': delete the file and start again.",
                    e);
        }
    }

    private static void requireCount(String option, int count) {
        if (count < 1 || count > MAX_PROCESSES) {
            throw new CliFailure(option + " must be 1 to " + MAX_PROCESSES + ", but is " + count + ".");
        }
    }

    private static void requirePort(String option, int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new CliFailure(option + " leads to port " + port + ", but ports end at " + MAX_PORT + ".");
        }
    }
}
