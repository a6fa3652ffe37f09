package dev.agentpulse.local.cli;

import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.FlinkDistribution;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse cluster upgrade}: also how the job is rescaled and how its options are changed. */
@Command(
        name = "upgrade",
        description = "Stop the job with a savepoint and start it from there: with the jar as it is built now, another"
                + " parallelism or other options.",
        sortOptions = false)
final class UpgradeCommand implements Callable<Integer> {

    @Mixin
    SubmissionOptions submission = new SubmissionOptions();

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Cluster cluster = where.open();
        // What could be wrong with the order is found before the job is stopped.
        FlinkDistribution.jobJar();
        submission.submission(null);
        String savepoint = cluster.rest().stopWithSavepoint(cluster.requireJob().id());
        System.out.println("Stopped with " + savepoint);
        SubmitCommand.submit(cluster, submission.submission(savepoint));
        return 0;
    }
}
