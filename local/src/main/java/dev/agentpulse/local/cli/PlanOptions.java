package dev.agentpulse.local.cli;

import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.ClusterFolder;
import dev.agentpulse.local.cluster.ClusterPlan;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The shape of a cluster; what is not given stays as it was at the last start. */
final class PlanOptions {

    private static final ClusterPlan DEFAULT = new ClusterPlan(1, 2, 8081, 2181);

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            description = "Processes that run the job's tasks (default: 2, so that one may die).")
    @Nullable
    Integer taskManagers;

    @Option(
            names = "--job-managers",
            paramLabel = "N",
            description = "One leads; a second one stands by and takes over faster than a killed one starts again"
                    + " (default: 1).")
    @Nullable
    Integer jobManagers;

    @Option(
            names = "--rest-port",
            paramLabel = "PORT",
            description = "Web UI and REST interface, on loopback; further job managers take the ports that follow"
                    + " (default: 8081).")
    @Nullable
    Integer restPort;

    @Option(
            names = "--zookeeper-port",
            paramLabel = "PORT",
            description = "ZooKeeper, on loopback, which remembers leader and job (default: 2181).")
    @Nullable
    Integer zooKeeperPort;

    Cluster prepare(ClusterFolder folder) throws IOException {
        return Cluster.prepare(folder, plan(folder));
    }

    private ClusterPlan plan(ClusterFolder folder) throws IOException {
        ClusterPlan last = ClusterPlan.load(folder).orElse(DEFAULT);
        return new ClusterPlan(
                jobManagers == null ? last.jobManagers() : jobManagers,
                taskManagers == null ? last.taskManagers() : taskManagers,
                restPort == null ? last.restPort() : restPort,
                zooKeeperPort == null ? last.zooKeeperPort() : zooKeeperPort);
    }
}
