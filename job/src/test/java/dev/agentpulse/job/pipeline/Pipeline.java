package dev.agentpulse.job.pipeline;

import dev.agentpulse.job.AgentPulseJob;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Sql;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RestoreMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/** The job on one database: start, stop, go on from the newest checkpoint, wait for its results. */
final class Pipeline implements AutoCloseable {

    private static final String METADATA = "_metadata";

    private static final Duration SHORT_CHECKPOINT_INTERVAL = Duration.ofMillis(400);
    private static final Duration SHORT_CHECKPOINT_PAUSE = Duration.ofMillis(100);

    private final MiniCluster cluster;
    private final Configuration clusterSettings;
    private final Database database;
    private final Path checkpoints;
    private final Configuration options = new Configuration();
    private @Nullable JobID job;
    private @Nullable Connection looking;

    Pipeline(MiniCluster cluster, Configuration clusterSettings, Database database, Path checkpoints) {
        this.cluster = cluster;
        this.clusterSettings = clusterSettings;
        this.database = database;
        this.checkpoints = checkpoints;
        options.set(JobOptions.DATABASE_URL, url());
        options.set(JobOptions.SLOT_NAME, "slot_" + database.name());
    }

    /** Sets an option of the job; it holds from the next start on. */
    <T> Pipeline with(ConfigOption<T> option, T value) {
        options.set(option, value);
        return this;
    }

    /** As plain SQL counts {@link RandomChanges}: no message is left out, and no DELETE leaves its row in history. */
    Pipeline leavingNothingOut() {
        return with(JobOptions.QUERY_FEED_LIMIT, Integer.MAX_VALUE)
                .with(JobOptions.SLOW_QUERY_LIMIT, Integer.MAX_VALUE)
                .with(JobOptions.HISTORY_CORRECT_DELETES, RandomChanges.CORRECT_DELETES);
    }

    /**
     * Makes checkpoints more often than production does: for tests that stop the job, or let it fail, at whatever moment. For
     * all others they cost more than what is tested.
     */
    Pipeline withFrequentCheckpoints() {
        clusterSettings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, SHORT_CHECKPOINT_INTERVAL);
        clusterSettings.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, SHORT_CHECKPOINT_PAUSE);
        return this;
    }

    Pipeline withParallelism(int parallelism) {
        clusterSettings.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        return this;
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + database.server().getPort() + "/" + database.name();
    }

    String slotName() {
        return options.get(JobOptions.SLOT_NAME);
    }

    JobConfig config() {
        return JobConfig.from(options);
    }

    JobID job() {
        if (job == null) {
            throw new IllegalStateException("the job was not started");
        }
        return job;
    }

    /** Starts with empty state. */
    Pipeline start() throws Exception {
        return submit(Optional.empty());
    }

    /** Starts with the state of a savepoint, which stays as it is. */
    Pipeline startFrom(Path savepoint) throws Exception {
        return submit(Optional.of(savepoint), RestoreMode.NO_CLAIM);
    }

    /** Stops as {@code flink stop} does. */
    Path stopWithSavepoint() throws Exception {
        String savepoint = cluster.stopWithSavepoint(
                        job(), checkpoints.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get();
        cluster.requestJobResult(job()).get();
        return Path.of(URI.create(savepoint));
    }

    /** Starts with empty state and waits until the snapshot is in the results. */
    Pipeline startAndCatchUp() throws Exception {
        start().awaitComplete();
        return this;
    }

    /** Stops as {@code flink cancel} does, at whatever the job is doing, and goes on from the newest checkpoint. */
    Pipeline restart() throws Exception {
        cancel();
        return resume();
    }

    /** Goes on from the newest checkpoint. */
    Pipeline resume() throws Exception {
        return submit(newestCheckpoint());
    }

    private Pipeline submit(Optional<Path> checkpoint) throws Exception {
        return submit(checkpoint, RestoreMode.CLAIM);
    }

    private Pipeline submit(Optional<Path> checkpoint, RestoreMode mode) throws Exception {
        Configuration settings = new Configuration(clusterSettings);
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        checkpoint.ifPresent(path -> {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString());
            settings.set(StateRecoveryOptions.RESTORE_MODE, mode);
        });
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        AgentPulseJob.define(env, config());
        return submit(env.getStreamGraph().getJobGraph());
    }

    private Pipeline submit(JobGraph graph) throws Exception {
        cluster.submitJob(graph).get();
        job = graph.getJobID();
        return this;
    }

    void cancel() throws Exception {
        if (job != null && !status().isGloballyTerminalState()) {
            cluster.cancelJob(job).get();
            cluster.requestJobResult(job).get();
        }
    }

    JobStatus status() throws Exception {
        return cluster.getJobStatus(job()).get();
    }

    /** Waits for the job to fail for good, and tells why. */
    String awaitFailure() throws Exception {
        Await.until("the job has failed", () -> status() == JobStatus.FAILED);
        return cluster.requestJobResult(job())
                .get()
                .getSerializedThrowable()
                .map(ExceptionUtils::stringifyException)
                .orElse("");
    }

    /** Why the job failed last, if it did, whether it has recovered or not. */
    String lastFailure() throws Exception {
        ErrorInfo failure = cluster.getExecutionGraph(job()).get().getFailureInfo();
        return failure == null ? "" : failure.getExceptionAsString();
    }

    /** How often tasks of this run were started again after a failure. */
    int restarts() throws Exception {
        int most = 0;
        for (AccessExecutionVertex task : cluster.getExecutionGraph(job()).get().getAllExecutionVertices()) {
            most = Math.max(most, task.getCurrentExecutionAttempt().getAttemptNumber());
        }
        return most;
    }

    /** The newest of the retained checkpoints, of whichever run. */
    private Optional<Path> newestCheckpoint() throws Exception {
        if (!Files.isDirectory(checkpoints)) {
            return Optional.empty();
        }
        try (Stream<Path> files =
                Files.find(checkpoints, 3, (path, attributes) -> METADATA.equals(String.valueOf(path.getFileName())))) {
            return files.max(Comparator.comparingLong(path -> path.toFile().lastModified()))
                    .map(Path::getParent);
        } catch (UncheckedIOException e) {
            // An older one was just being removed: look again.
            return newestCheckpoint();
        }
    }

    /** Waits until everything that has been committed so far is in the results. */
    void awaitComplete() throws Exception {
        Connection connection = looking();
        String position =
                Sql.rows(connection, "SELECT pg_current_wal_insert_lsn()").get(0);
        Await.until("results are complete up to " + position, () -> {
            if (status() == JobStatus.FAILED) {
                throw new AssertionError("the job failed: " + awaitFailure());
            }
            return List.of("t")
                    .equals(Sql.rows(
                            connection,
                            "SELECT commit_lsn > '" + position
                                    + "'::pg_lsn AND NOT details ? 'backlog' FROM agentpulse.pipeline_status"));
        });
    }

    /** One connection for all looks of a test: a new one costs the server as much as many of them. */
    private Connection looking() throws SQLException {
        if (looking == null || !looking.isValid(0)) {
            looking = database.connect();
        }
        return looking;
    }

    /** Has a checkpoint made that begins after now, and waits for it. */
    void awaitCheckpoint() throws Exception {
        Await.until("a checkpoint is made", () -> {
            try {
                cluster.triggerCheckpoint(job()).get();
                return true;
            } catch (ExecutionException e) {
                // Refused where not all tasks run yet.
                if (status() == JobStatus.FAILED) {
                    throw new AssertionError("the job failed: " + awaitFailure(), e);
                }
                return false;
            }
        });
    }

    /** Cuts a connection of the job under it, so that a task fails and the restart strategy brings it back. */
    void terminateBackend(String applicationName) throws Exception {
        Connection connection = looking();
        Await.until("a connection of " + applicationName + " is there to be cut", () -> !Sql.rows(
                        connection,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '"
                                + applicationName + "' AND datname = current_database()")
                .isEmpty());
    }

    /** Cancels the job and drops its slot, which would hold the log back for the next test. */
    @Override
    public void close() throws Exception {
        cancel();
        dropSlot();
        if (looking != null) {
            looking.close();
        }
    }

    void dropSlot() throws Exception {
        Connection connection = looking();
        Await.until("nobody reads the slot", () -> Sql.rows(
                        connection,
                        "SELECT 1 FROM pg_replication_slots WHERE active AND slot_name = '" + slotName() + "'")
                .isEmpty());
        dropSlot(connection);
    }

    private void dropSlot(Connection connection) throws SQLException {
        Sql.rows(
                connection,
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + slotName()
                        + "'");
    }
}
