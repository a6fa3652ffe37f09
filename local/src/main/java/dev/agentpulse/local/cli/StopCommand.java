package dev.agentpulse.local.cli;

import dev.agentpulse.local.cluster.Cluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse cluster stop}. */
@Command(
        name = "stop",
        description = "Stop every process of the cluster. Its state stays: the next start goes on where it was.",
        sortOptions = false)
final class StopCommand implements Callable<Integer> {

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Cluster cluster = where.open();
        cluster.stop();
        System.out.println("Stopped. State and logs are in " + cluster.folder().root() + ".");
        return 0;
    }
}
