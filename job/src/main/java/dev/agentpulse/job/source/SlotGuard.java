package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.SourceConfig;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffset;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Refuses to stream from a slot that cannot hold everything since the position to go on from. The connector would make
 * a missing slot anew, or read on behind the gap, and say nothing.
 */
final class SlotGuard implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String APPLICATION_NAME = "agentpulse slot guard";

    private final DatabaseConfig database;
    private final String slotName;

    SlotGuard(DatabaseConfig database, SourceConfig source) {
        this.database = database;
        this.slotName = source.slotName();
    }

    /**
     * @param start where the stream is to begin
     * @throws SuppressRestartsException if the slot has lost part of the log since then: trying again cannot help
     * @throws FlinkRuntimeException if the database cannot be asked: trying again may help
     */
    void check(Offset start) {
        checkFrom(((PostgresOffset) start).getLsn().asLong());
    }

    /** Looks whether the slot of a restored job is there, before the connector makes it anew; throws as {@link #check}. */
    void checkExists() {
        checkFrom(null);
    }

    private void checkFrom(@Nullable Long startLsn) {
        String sql =
                "SELECT plugin, database, wal_status, confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = ?";
        try (Connection connection = DatabaseSessions.open(database, APPLICATION_NAME, SessionKind.SHORT);
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, slotName);
            try (ResultSet slot = query.executeQuery()) {
                if (!slot.next()) {
                    throw gap("does not exist (any more)");
                }
                if (!"pgoutput".equals(slot.getString("plugin"))) {
                    throw gap("was made for the plugin " + slot.getString("plugin") + " and not for pgoutput");
                }
                if (!database.database().equals(slot.getString("database"))) {
                    throw gap("belongs to the database " + slot.getString("database"));
                }
                String confirmed = slot.getString("confirmed_flush_lsn");
                if ("lost".equals(slot.getString("wal_status")) || confirmed == null) {
                    throw gap("was invalidated by the server (see max_slot_wal_keep_size)");
                }
                long confirmedLsn = LogSequenceNumber.valueOf(confirmed).asLong();
                if (startLsn != null && Long.compareUnsigned(confirmedLsn, startLsn) > 0) {
                    throw gap("has been confirmed up to " + confirmed + ", beyond "
                            + LogSequenceNumber.valueOf(startLsn).asString()
                            + ", where this job has to go on");
                }
            }
        } catch (SQLException e) {
            throw new FlinkRuntimeException(
                    "cannot ask " + database + " for the replication slot " + slotName + ": " + e.getMessage(), e);
        }
    }

    private RuntimeException gap(String what) {
        return new SuppressRestartsException(new IllegalStateException("The replication slot " + slotName + " " + what
                + ": changes since the last checkpoint are lost to it. Start the job without the checkpoint, so that it"
                + " reads the tables anew (./agentpulse resync)."));
    }
}
