package dev.agentpulse.local.stack.flink;

import dev.agentpulse.local.CliFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.util.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Flink cluster inside this process, with its web UI, running one job. */
public final class LocalCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
    private static final int CANCEL_SECONDS = 15;
    private static final int CLOSE_SECONDS = 30;

    private final MiniCluster cluster;
    private final JobID job;

    private LocalCluster(MiniCluster cluster, JobID job) {
        this.cluster = cluster;
        this.job = job;
    }

    /** Starts the cluster and submits the job; returns before the job runs. */
    public static LocalCluster start(Configuration settings, JobGraph job) throws Exception {
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(settings.get(TaskManagerOptions.NUM_TASK_SLOTS))
                .build());
        try {
            cluster.start();
            cluster.submitJob(job).get();
            return new LocalCluster(cluster, job.getJobID());
        } catch (Exception e) {
            cluster.closeAsync().get(CLOSE_SECONDS, TimeUnit.SECONDS);
            throw new CliFailure("The Flink cluster did not start: " + reason(e), e);
        }
    }

    /** RUNNING, RESTARTING and so on; "UNKNOWN" when the cluster does not answer at once. */
    public String status() {
        try {
            return cluster.getJobStatus(job).get(1, TimeUnit.SECONDS).name();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "UNKNOWN";
        } catch (ExecutionException | TimeoutException e) {
            return "UNKNOWN";
        }
    }

    public boolean isRunning() {
        return status().equals(JobStatus.RUNNING.name());
    }

    /** Completes when the job is over, with the reason in one sentence. */
    public CompletableFuture<String> end() {
        return cluster.requestJobResult(job).thenApply(LocalCluster::describe);
    }

    /** Cancels the job, whose newest checkpoint stays, and stops the cluster. */
    @Override
    public void close() {
        try {
            cancelJob();
            cluster.closeAsync().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("The cluster did not stop by itself; it ends with this process", e);
        }
    }

    private void cancelJob() throws InterruptedException {
        try {
            if (!cluster.getJobStatus(job).get(CANCEL_SECONDS, TimeUnit.SECONDS).isGloballyTerminalState()) {
                cluster.cancelJob(job).get(CANCEL_SECONDS, TimeUnit.SECONDS);
                cluster.requestJobResult(job).get(CANCEL_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The job did not end by itself; stopping the cluster under it", e);
        }
    }

    private static String describe(JobResult result) {
        return result.getSerializedThrowable()
                .map(failure -> reason(failure.deserializeError(LocalCluster.class.getClassLoader())))
                .orElse("it ended as " + result.getApplicationStatus());
    }

    /** The first line of the innermost failure, which is what somebody can act on. */
    static String reason(Throwable failure) {
        Throwable innermost = failure;
        Throwable cause = failure;
        while (cause != null) {
            innermost = cause;
            cause = ExceptionUtils.stripExecutionException(cause).getCause();
        }
        String message = innermost.getMessage();
        if (message == null || message.isBlank()) {
            return innermost.toString();
        }
        return message.lines().findFirst().orElse(message);
    }
}
