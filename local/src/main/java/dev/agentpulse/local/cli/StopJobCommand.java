package dev.agentpulse.local.cli;

import dev.agentpulse.local.cluster.Cluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse cluster stop-job}. */
@Command(
        name = "stop-job",
        description = "Stop the job with a savepoint, print its folder, and leave the cluster running.",
        sortOptions = false)
final class StopJobCommand implements Callable<Integer> {

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Cluster cluster = where.open();
        System.out.println(cluster.rest().stopWithSavepoint(cluster.requireJob().id()));
        return 0;
    }
}
