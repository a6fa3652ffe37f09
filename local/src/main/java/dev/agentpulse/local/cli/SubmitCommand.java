package dev.agentpulse.local.cli;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.FlinkJob;
import dev.agentpulse.local.cluster.JobSubmission;
import dev.agentpulse.local.stack.flink.CheckpointFolder;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./agentpulse cluster submit}. */
@Command(name = "submit", description = "Start the job on the cluster.", sortOptions = false)
final class SubmitCommand implements Callable<Integer> {

    private static final String LATEST = "latest";

    @Option(
            names = "--from",
            paramLabel = "STATE",
            description =
                    "Go on from a savepoint or checkpoint: its folder, or latest for the newest checkpoint of this"
                            + " cluster. Without it the job begins with a snapshot of the tables.")
    @Nullable
    String from;

    @Mixin
    SubmissionOptions submission = new SubmissionOptions();

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Cluster cluster = where.open();
        Optional<FlinkJob> running = cluster.rest().liveJob();
        if (running.isPresent()) {
            throw new CliFailure("The job runs already as " + running.get().id()
                    + ": change it with ./agentpulse cluster upgrade, or stop it with ./agentpulse cluster stop-job.");
        }
        submit(cluster, submission.submission(state(cluster)));
        return 0;
    }

    static void submit(Cluster cluster, JobSubmission submission) throws IOException, InterruptedException {
        String id = cluster.submit(submission);
        System.out.println("Submitted as " + id + ": " + cluster.webPage() + "#/job/running/" + id + "/overview");
    }

    private @Nullable String state(Cluster cluster) throws IOException {
        if (!LATEST.equals(from)) {
            return from;
        }
        return CheckpointFolder.newestComplete(cluster.folder().state())
                .orElseThrow(() -> new CliFailure("No complete checkpoint is in "
                        + cluster.folder().checkpoints() + ": submit without --from to begin with a snapshot."))
                .toUri()
                .toString();
    }
}
