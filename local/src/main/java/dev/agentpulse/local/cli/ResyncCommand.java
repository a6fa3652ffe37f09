package dev.agentpulse.local.cli;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.cluster.Resync;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse resync}. */
@Command(
        name = "resync",
        description =
                "Rebuild all results from a new snapshot of the tables: stop the job of the local cluster, drop the"
                        + " replication slot, and start the job without state.",
        sortOptions = false)
final class ResyncCommand implements Callable<Integer> {

    @Mixin
    SubmissionOptions submission = new SubmissionOptions();

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        String id = Resync.run(
                where.open(),
                submission.database.namedOrDemo(),
                submission.jobOptions.configuration().get(JobOptions.SLOT_NAME),
                submission.submission(null));
        System.out.println("Started over as " + id + "; results are replaced as soon as the snapshot has been read.");
        return 0;
    }
}
