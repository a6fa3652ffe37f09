package dev.agentpulse.local.cli;

import dev.agentpulse.local.cluster.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse cluster start}. */
@Command(
        name = "start",
        description =
                "Start the cluster in the background; a process that dies is started again. A job that ran when it"
                        + " was stopped goes on from its last checkpoint.",
        sortOptions = false)
final class StartCommand implements Callable<Integer> {

    @Mixin
    PlanOptions plan = new PlanOptions();

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Instant begin = Instant.now();
        Cluster cluster = plan.prepare(where.folder());
        System.out.println("Starting " + String.join(", ", cluster.processNames()) + " in "
                + cluster.folder().root() + " …");
        cluster.start();
        System.out.println("Ready after "
                + Duration.between(begin, Instant.now()).toSeconds() + " s. Web UI: " + cluster.webPage());
        return 0;
    }
}
