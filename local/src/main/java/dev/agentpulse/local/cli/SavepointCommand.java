package dev.agentpulse.local.cli;

import dev.agentpulse.local.cluster.Cluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse cluster savepoint}. */
@Command(
        name = "savepoint",
        description = "Write a savepoint of the running job and print its folder.",
        sortOptions = false)
final class SavepointCommand implements Callable<Integer> {

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Cluster cluster = where.open();
        System.out.println(cluster.rest().savepoint(cluster.requireJob().id()));
        return 0;
    }
}
