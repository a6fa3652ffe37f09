package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.RowChange;
import dev.agentpulse.gateway.protocol.RowChange.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows as they were at the last read, and what the last reads changed. A viewer who fell behind gets the difference
 * between what it saw and now: the newest state of each row once, however many ticks passed.
 */
final class RowStore {

    /** About as much as the objects around the text take. */
    private static final long WEIGHT_OF_A_CHANGE = 200;

    /** What one read changed. */
    private record Delta(long version, List<RowChange> changes, long weight) {}

    private final long mostBytes;
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    private final Deque<Delta> deltas = new ArrayDeque<>();
    private long keptBytes;
    private long version;
    private long mergedFrom = -1;
    private long mergedTo = -1;
    private List<RowChange> merged = List.of();

    /** @param mostBytes how much text of changes is remembered for viewers who fell behind */
    RowStore(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    long version() {
        return version;
    }

    Map<String, String> rows(String table) {
        return rows.computeIfAbsent(table, name -> new LinkedHashMap<>());
    }

    /** Takes a row in; null if it is there already as it is. */
    @Nullable
    RowChange put(Relation relation, String key, String row, String commitTime) {
        String before = rows(relation.name()).put(key, row);
        if (row.equals(before)) {
            return null;
        }
        return new RowChange(relation, before == null ? Kind.INSERT : Kind.UPDATE, key, row, commitTime);
    }

    @Nullable
    RowChange remove(Relation relation, String key, String commitTime) {
        return rows(relation.name()).remove(key) == null
                ? null
                : new RowChange(relation, Kind.DELETE, key, null, commitTime);
    }

    /** Ends a read that found something new. */
    void commit(List<RowChange> changes) {
        version++;
        long weight = changes.stream().mapToLong(RowStore::weight).sum() + WEIGHT_OF_A_CHANGE;
        deltas.addLast(new Delta(version, List.copyOf(changes), weight));
        keptBytes += weight;
        while (keptBytes > mostBytes && deltas.size() > 1) {
            keptBytes -= deltas.removeFirst().weight();
        }
    }

    private static long weight(RowChange change) {
        String row = change.row();
        return WEIGHT_OF_A_CHANGE + change.key().length() + (row == null ? 0 : row.length());
    }

    /** Null if the version is too old to say. */
    @Nullable
    List<RowChange> since(long seen) {
        if (seen >= version) {
            return List.of();
        }
        if (deltas.isEmpty() || deltas.getFirst().version() > seen + 1) {
            return null;
        }
        if (deltas.getLast().version() == seen + 1) {
            return deltas.getLast().changes();
        }
        // Many viewers fall behind together, to the same version.
        if (mergedFrom != seen || mergedTo != version) {
            merged = merge(seen);
            mergedFrom = seen;
            mergedTo = version;
        }
        return merged;
    }

    private List<RowChange> merge(long seen) {
        Map<String, RowChange> newest = new LinkedHashMap<>();
        for (Delta delta : deltas) {
            if (delta.version() > seen) {
                for (RowChange change : delta.changes()) {
                    String id = change.relation().name() + change.key();
                    RowChange together = together(newest.remove(id), change);
                    if (together != null) {
                        newest.put(id, together);
                    }
                }
            }
        }
        return new ArrayList<>(newest.values());
    }

    private static @Nullable RowChange together(@Nullable RowChange earlier, RowChange later) {
        if (earlier == null) {
            return later;
        }
        return switch (later.kind()) {
            case INSERT -> later.as(earlier.kind() == Kind.DELETE ? Kind.UPDATE : Kind.INSERT);
            case UPDATE -> later.as(earlier.kind() == Kind.INSERT ? Kind.INSERT : Kind.UPDATE);
            case DELETE -> earlier.kind() == Kind.INSERT ? null : later;
        };
    }
}
