package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.HelpOption;
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
        Cluster cluster = prepare(where.folder(), plan);
        System.out.println("Starting " + String.join(", ", cluster.processNames()) + " in "
                + cluster.folder().root() + " …");
        cluster.start();
        System.out.println(
                "Ready after " + Duration.between(begin, Instant.now()).toSeconds() + " s. Web UI: http://localhost:"
                        + cluster.plan().restPort() + "/");
        return 0;
    }

    /** Refuses to disturb a cluster that runs, and to start one whose ports are taken. */
    static Cluster prepare(ClusterFolder folder, PlanOptions options) throws Exception {
        if (new ProcessIdFile(folder, Supervisor.NAME).find().isPresent()) {
            throw new CliFailure("A cluster runs in " + folder.root()
                    + " already: stop it first with ./agentpulse cluster stop, or choose another folder with --dir.");
        }
        ClusterPlan plan = options.plan(folder);
        LoopbackPorts.requireFree(folder, plan);
        return Cluster.prepare(folder, plan);
    }
}
