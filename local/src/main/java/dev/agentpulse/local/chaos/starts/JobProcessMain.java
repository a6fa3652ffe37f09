package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.local.stack.flink.CheckpointFolder;
import dev.agentpulse.local.stack.flink.FlinkSettings;
import dev.agentpulse.local.stack.flink.JobLauncher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RestoreMode;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.util.InstantiationUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process with a Flink cluster of one task manager that runs one job after the other. It does what it reads from
 * standard input, a line each, answers each line, and ends with its parent, however that ends.
 */
final class JobProcessMain {

    /** Begins a job: with the newest checkpoint of its folder, if there is one. Followed by a {@link JobRequest}. */
    static final String SUBMIT = "submit";
    /** Goes on with the job that a killed process ran, as a cluster with high availability does. */
    static final String RECOVER = "recover";

    static final String CANCEL = "cancel";
    static final String CHECKPOINT = "checkpoint";
    static final String LOSE_TASK_MANAGER = "lose-task-manager";
    /** Answers why the job failed last, or with nothing. */
    static final String FAILURE = "failure";

    static final String DONE = "done";
    static final String FAILED = "failed";

    private static final Logger LOG = LoggerFactory.getLogger(JobProcessMain.class);
    private static final int PATIENCE_SECONDS = 120;
    private static final String GRAPH_FILE = "job.graph";
    private static final int SLOTS = 2;

    private final Configuration settings;
    private final MiniCluster cluster;
    private int taskManager;
    private @Nullable JobID job;

    private JobProcessMain(Configuration settings, MiniCluster cluster) {
        this.settings = settings;
        this.cluster = cluster;
    }

    /** The argument is a folder for temporary files. */
    public static void main(String[] arguments) throws Exception {
        endWithParent(ProcessHandle.current().parent().orElseThrow());
        Configuration settings = FlinkSettings.load(Path.of(arguments[0]), 0, Optional.empty());
        // Trials are many, so nobody waits for the pauses that spare a database which is away.
        settings.setString(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF.key(), "50 ms");
        settings.setString(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF.key(), "400 ms");
        try (MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build())) {
            settings.set(TaskManagerOptions.NUM_TASK_SLOTS, SLOTS);
            cluster.start();
            new JobProcessMain(settings, cluster).serve();
        }
    }

    /** Also in the middle of a request, and without waiting for a job that does not end. */
    private static void endWithParent(ProcessHandle parent) {
        Thread watch = new Thread(
                () -> {
                    parent.onExit().join();
                    Runtime.getRuntime().halt(0);
                },
                "end-with-parent");
        watch.setDaemon(true);
        watch.start();
    }

    private void serve() throws IOException {
        answer(DONE, "");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.info("Asked to {}", line);
                try {
                    answer(DONE, act(line));
                } catch (Exception e) {
                    LOG.warn("{} failed", line, e);
                    answer(FAILED, String.valueOf(e));
                }
            }
        }
    }

    private static void answer(String result, String text) {
        System.out.println(result + " " + text.lines().findFirst().orElse(""));
        System.out.flush();
    }

    private String act(String line) throws Exception {
        int space = line.indexOf(' ');
        String command = space < 0 ? line : line.substring(0, space);
        switch (command) {
            case SUBMIT -> submit(JobRequest.parse(line.substring(space + 1)));
            case RECOVER -> recover(JobRequest.parse(line.substring(space + 1)).folder());
            case CANCEL -> cancel();
            case CHECKPOINT -> cluster.triggerCheckpoint(job()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            case LOSE_TASK_MANAGER -> loseTaskManager();
            case FAILURE -> {
                return failure();
            }
            default -> throw new IllegalArgumentException("unknown: " + line);
        }
        return "";
    }

    private void submit(JobRequest request) throws Exception {
        Configuration all = new Configuration(settings);
        all.addAll(FlinkSettings.load(request.folder(), 0, CheckpointFolder.newestComplete(request.folder())));
        request.apply(all);
        JobGraph graph = JobLauncher.jobGraph(all, request.jobOptions(), request.address());
        Files.write(request.folder().resolve(GRAPH_FILE), InstantiationUtil.serializeObject(graph));
        run(graph);
    }

    private void recover(Path folder) throws Exception {
        JobGraph graph = InstantiationUtil.deserializeObject(
                Files.readAllBytes(folder.resolve(GRAPH_FILE)), JobProcessMain.class.getClassLoader());
        CheckpointFolder.newestComplete(folder)
                .ifPresent(newest -> graph.setSavepointRestoreSettings(
                        SavepointRestoreSettings.forPath(newest.toUri().toString(), false, RestoreMode.CLAIM)));
        run(graph);
    }

    private void run(JobGraph graph) throws Exception {
        cluster.submitJob(graph).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        job = graph.getJobID();
    }

    private void cancel() throws Exception {
        if (job != null && !status().isGloballyTerminalState()) {
            cluster.cancelJob(job()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            cluster.requestJobResult(job()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        job = null;
    }

    private void loseTaskManager() throws Exception {
        cluster.terminateTaskManager(taskManager).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        taskManager++;
        cluster.startTaskManager();
    }

    private JobStatus status() throws Exception {
        return cluster.getJobStatus(job()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private String failure() throws Exception {
        ErrorInfo failure = cluster.getExecutionGraph(job())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .getFailureInfo();
        return status() + (failure == null ? "" : ", " + innermost(failure.getExceptionAsString()));
    }

    private static String innermost(String trace) {
        return trace.lines()
                .filter(line -> line.startsWith("Caused by: "))
                .reduce((first, second) -> second)
                .orElseGet(() -> trace.lines().findFirst().orElse(""));
    }

    private JobID job() {
        return Objects.requireNonNull(job, "no job was submitted");
    }
}
