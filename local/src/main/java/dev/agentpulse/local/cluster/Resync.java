package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * Starts over from a snapshot of the tables: the way out when the replication slot is gone or has lost changes. Results
 * stay readable as they are until the new job's first tick replaces all of them in one transaction; alerts of subjects
 * that are fine by then are resolved in it. What happened in the gap is in the figures; it sends no messages.
 */
public final class Resync {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DROP =
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ? AND NOT active";
    private static final long RETRY_MILLIS = 200;

    private Resync() {}

    /** Cancels what still runs, drops the slot, submits the job without state; returns the job's id. */
    public static String run(Cluster cluster, DatabaseAddress database, String slotName, JobSubmission submission)
            throws IOException, SQLException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        for (var job = cluster.rest().liveJob();
                job.isPresent();
                job = cluster.rest().liveJob()) {
            cluster.rest().cancel(job.get().id());
            pause(deadline, "the job did not end");
        }
        try (Connection connection = database.connect("agentpulse-resync")) {
            while (exists(connection, slotName)) {
                try (PreparedStatement drop = connection.prepareStatement(DROP)) {
                    drop.setString(1, slotName);
                    drop.execute();
                }
                if (exists(connection, slotName)) {
                    pause(deadline, "the replication slot " + slotName + " is in use by somebody else");
                }
            }
        }
        return cluster.submit(submission);
    }

    private static boolean exists(Connection connection, String slotName) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT FROM pg_replication_slots WHERE slot_name = ?")) {
            query.setString(1, slotName);
            return query.executeQuery().next();
        }
    }

    private static void pause(Instant deadline, String trouble) throws InterruptedException {
        if (Instant.now().isAfter(deadline)) {
            throw new CliFailure("After " + PATIENCE.toSeconds() + " s, " + trouble + ".");
        }
        Thread.sleep(RETRY_MILLIS);
    }
}
