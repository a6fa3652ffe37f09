package dev.agentpulse.pgoutput;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Looks, over a connection of its own, whether the server still serves a slot to one of its processes. */
final class SlotCheck {

    private static final String QUERY =
            "SELECT active_pid IS NOT DISTINCT FROM ? FROM pg_catalog.pg_replication_slots WHERE slot_name = ?";
    // Too many connections, for instance: an answer, so the server is there.
    private static final String INSUFFICIENT_RESOURCES = "53";

    private final ReplicationConnection opener;
    private final String slot;
    private final int serverProcess;

    SlotCheck(ReplicationConnection opener, String slot, int serverProcess) {
        this.opener = opener;
        this.slot = slot;
        this.serverProcess = serverProcess;
    }

    /** Why the stream will not go on, or null when it will. */
    @Nullable
    SQLException failure() {
        try (Connection connection = opener.openForCheck();
                PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setInt(1, serverProcess);
            query.setString(2, slot);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getBoolean(1)
                        ? null
                        : new SQLException(
                                "the server does not serve slot " + slot + " to this connection any more", "08006");
            }
        } catch (SQLException e) {
            String state = e.getSQLState();
            return state != null && state.startsWith(INSUFFICIENT_RESOURCES)
                    ? null
                    : new SQLException(
                            "nothing came from slot " + slot + ", and the server does not answer", "08006", e);
        }
    }
}
