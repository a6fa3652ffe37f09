package dev.agentpulse.job.source;

import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells which changes of the log the snapshots hold. A change is in what was read of its table if and only if its
 * transaction is visible in the snapshot in which the table was read; nothing has to be known of single rows, and log
 * positions could not tell.
 */
final class SnapshotFilter {

    private final Map<SourceTable, TransactionSnapshot> snapshots = new EnumMap<>(SourceTable.class);

    /** Tables whose snapshot holds the transaction that is being read. */
    private final Set<SourceTable> holding = EnumSet.noneOf(SourceTable.class);

    /** Takes in a table's snapshot, as {@code pg_current_snapshot()} prints it; nothing for null. */
    void put(SourceTable table, @Nullable String visible) {
        if (visible != null) {
            snapshots.put(table, TransactionSnapshot.parse(visible));
        }
    }

    /** Whether the table's snapshot has been begun. */
    boolean has(SourceTable table) {
        return snapshots.containsKey(table);
    }

    /** Whether there is no snapshot that the log has yet to pass. */
    boolean isEmpty() {
        return snapshots.isEmpty();
    }

    /** A transaction of the log begins. */
    void begin(int transactionId) {
        holding.clear();
        snapshots.forEach((table, snapshot) -> {
            if (snapshot.contains(transactionId)) {
                holding.add(table);
            }
        });
    }

    /** Whether the table's snapshot holds the changes of the transaction that has begun. */
    boolean holds(SourceTable table) {
        return holding.contains(table);
    }

    /** The log has passed all snapshots. */
    void clear() {
        snapshots.clear();
        holding.clear();
    }

    /** The table's snapshot for {@link #put}; null if there is none (any more). */
    @Nullable
    String text(SourceTable table) {
        TransactionSnapshot snapshot = snapshots.get(table);
        return snapshot == null ? null : snapshot.toString();
    }
}
