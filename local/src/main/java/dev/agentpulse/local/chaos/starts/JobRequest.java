package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.proof.RandomChanges;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;

/**
 * How a job is to run; goes from process to process as a line of text.
 *
 * @param port of the Postgres on loopback
 * @param database its name, and that of the replication slot
 * @param passwordFile where the password for it lies
 * @param folder for its checkpoints
 */
record JobRequest(int port, String database, Path passwordFile, Path folder, int checkpointMillis, int parallelism) {

    private static final String SEPARATOR = "\t";
    private static final int FIELDS = 6;

    static JobRequest parse(String line) {
        String[] fields = line.split(SEPARATOR, -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException(
                    "a job's line has " + FIELDS + " fields, but this one has " + fields.length + ": " + line);
        }
        return new JobRequest(
                Integer.parseInt(fields[0]),
                fields[1],
                Path.of(fields[2]),
                Path.of(fields[3]),
                Integer.parseInt(fields[4]),
                Integer.parseInt(fields[5]));
    }

    String line() {
        return String.join(
                SEPARATOR,
                List.of(
                        Integer.toString(port),
                        database,
                        passwordFile.toString(),
                        folder.toString(),
                        Integer.toString(checkpointMillis),
                        Integer.toString(parallelism)));
    }

    /** Without the password, which each process reads by itself. */
    DatabaseAddress address() {
        return DatabaseAddress.loopback(port, database);
    }

    /** No message is left out, so that each can be counted. */
    Configuration jobOptions() {
        Configuration options = new Configuration();
        options.set(JobOptions.CAPTURE_PASSWORD_FILE, passwordFile.toString());
        options.set(JobOptions.SLOT_NAME, database);
        options.set(JobOptions.QUERY_FEED_LIMIT, Integer.MAX_VALUE);
        options.set(JobOptions.SLOW_QUERY_LIMIT, Integer.MAX_VALUE);
        options.set(JobOptions.HISTORY_CORRECT_DELETES, RandomChanges.CORRECT_DELETES);
        return options;
    }

    /** Lays what is the job's own over the settings of a cluster. */
    void apply(Configuration settings) {
        settings.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        settings.setString(CheckpointingOptions.CHECKPOINTING_INTERVAL.key(), checkpointMillis + " ms");
        settings.setString(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS.key(), "50 ms");
    }
}
