package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.SourceConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The replication slot: made where a job begins with empty state, required where it goes on. To make a missing slot anew
 * for a job that goes on, or to read on behind a gap, would lose changes without a word.
 */
final class ReplicationSlot {

    private static final String APPLICATION_NAME = "agentpulse slot";
    private static final String PLUGIN = "pgoutput";
    /** SQLSTATE duplicate_object: somebody else has just made it. */
    private static final String EXISTS = "42710";

    private final DatabaseConfig database;
    private final SourceConfig source;
    private final String name;

    ReplicationSlot(JobConfig config) {
        this.database = config.capture();
        this.source = config.source();
        this.name = source.slotName();
    }

    /**
     * Makes the slot if there is none. The server waits with it for every transaction that is open; the log then tells
     * what it waits for.
     *
     * @throws FlinkRuntimeException if the database cannot be asked, or refuses
     */
    void createIfMissing() {
        // Making it waits for as long as the oldest open transaction takes.
        try (Connection connection = DatabaseSessions.open(database, APPLICATION_NAME, SessionKind.READING)) {
            if (find(connection) != null) {
                return;
            }
            SlotWait wait = new SlotWait(database, source, connection);
            try (wait;
                    PreparedStatement create =
                            connection.prepareStatement("SELECT pg_create_logical_replication_slot(?, ?)")) {
                create.setString(1, name);
                create.setString(2, PLUGIN);
                create.execute();
            } catch (SQLException e) {
                if (wait.failure() != null) {
                    throw new FlinkRuntimeException(
                            "cannot make the replication slot " + name + ": " + wait.failure(), wait.failure());
                }
                if (!EXISTS.equals(e.getSQLState())) {
                    throw e;
                }
            }
        } catch (SQLException e) {
            throw cannot("make", e);
        }
    }

    /**
     * Looks whether the slot holds everything from a position on.
     *
     * @throws SuppressRestartsException if part of the log is lost to it: trying again cannot help
     * @throws FlinkRuntimeException if the database cannot be asked: trying again may help
     */
    void requireFrom(long startLsn) {
        long confirmed = confirmedLsn();
        if (Long.compareUnsigned(confirmed, startLsn) > 0) {
            throw unusable("has been confirmed up to " + text(confirmed) + ", beyond " + text(startLsn)
                    + ", where this job has to go on");
        }
    }

    /**
     * Up to where the slot has been confirmed; where it was made, before that. Throws as {@link #requireFrom}, also if
     * there is no slot.
     */
    long confirmedLsn() {
        try (Connection connection = DatabaseSessions.open(database, APPLICATION_NAME, SessionKind.SHORT)) {
            Long confirmed = find(connection);
            if (confirmed == null) {
                throw unusable("does not exist (any more)");
            }
            return confirmed;
        } catch (SQLException e) {
            throw cannot("look at", e);
        }
    }

    /** What kind of slot it is, and whether it lost anything, preflight has looked at. */
    private @Nullable Long find(Connection connection) throws SQLException {
        String sql = "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = ?";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, name);
            try (ResultSet slot = query.executeQuery()) {
                String confirmed = slot.next() ? slot.getString(1) : null;
                return confirmed == null
                        ? null
                        : LogSequenceNumber.valueOf(confirmed).asLong();
            }
        }
    }

    private static String text(long lsn) {
        return LogSequenceNumber.valueOf(lsn).asString();
    }

    private SuppressRestartsException unusable(String what) {
        return new SuppressRestartsException(new IllegalStateException("The replication slot " + name + " " + what
                + ": changes since the last checkpoint are lost to it. Start the job without the checkpoint, so that it"
                + " reads the tables anew (./agentpulse resync)."));
    }

    private FlinkRuntimeException cannot(String what, SQLException e) {
        return new FlinkRuntimeException(
                "cannot " + what + " the replication slot " + name + " at " + database + ": " + e.getMessage(), e);
    }
}
