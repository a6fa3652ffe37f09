package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Whose transactions keep the slot from being made, while it is being made: the server waits, without a word, for each
 * that was open at the time. Seen by the locks it waits for, which any user may look at.
 */
public final class SlotBlockers {

    private static final String BLOCKERS = """
            SELECT CASE WHEN p.gid IS NULL THEN 'of process ' || held.pid ELSE 'prepared as ' || p.gid END AS which,
                   CASE WHEN p.gid IS NULL THEN 'SELECT pg_terminate_backend(' || held.pid || ')'
                        ELSE format('ROLLBACK PREPARED %L', p.gid) END AS fix
              FROM pg_replication_slots s
              JOIN pg_locks wanted ON wanted.pid = s.active_pid AND wanted.locktype = 'transactionid' AND NOT wanted.granted
              JOIN pg_locks held ON held.locktype = 'transactionid' AND held.granted
                   AND held.transactionid = wanted.transactionid
              LEFT JOIN pg_prepared_xacts p ON p.transaction = held.transactionid
             WHERE s.slot_name = ? AND s.confirmed_flush_lsn IS NULL""";

    private SlotBlockers() {}

    /**
     * Asks once.
     *
     * @param connection another one than the one that makes the slot
     * @return a finding for each transaction that is waited for right now; empty when the slot is there or not begun
     */
    public static List<Finding> find(Connection connection, SourceConfig source) throws SQLException {
        return new Catalog(connection)
                .rows(BLOCKERS, source.slotName()).stream()
                        .map(row -> Finding.warning(
                                "slot " + source.slotName(),
                                "The slot " + source.slotName() + " waits for the end of the transaction "
                                        + row.get("which") + ".",
                                row.get("fix")))
                        .toList();
    }
}
