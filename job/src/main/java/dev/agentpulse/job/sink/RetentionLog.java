package dev.agentpulse.job.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what retention removes, in the transaction that removes it: {@code agentpulse.note_retention} sums it up by
 * day. Runs that removed nothing count too, and are written a minute later at most, so that an idle pipeline writes little;
 * a job that is killed may lose the number of those.
 */
final class RetentionLog {

    private static final long PAUSE_MILLIS = 60_000;
    private static final long MILLIS_PER_SECOND = 1000;
    private static final String WRITE = "SELECT agentpulse.note_retention(?, ?, ?, ?, ?)";

    private record Runs(
            long keptSeconds,
            long runs,
            long removedRows,
            @Nullable String held) {
        Runs and(Runs later) {
            return new Runs(later.keptSeconds, runs + later.runs, removedRows + later.removedRows, later.held);
        }
    }

    private final Connection connection;
    /** Of transactions that were committed; they removed nothing. */
    private final Map<String, Runs> unwritten = new TreeMap<>();
    /** Of the transaction that is open. */
    private final Map<String, Runs> current = new TreeMap<>();

    private long nextMillis;
    private boolean written;

    RetentionLog(Connection connection) {
        this.connection = connection;
    }

    /**
     * Counts a run.
     *
     * @param relation the table, and of history the length of the bucket
     * @param keptMillis how long rows are kept
     */
    void add(String relation, long keptMillis, int removedRows) {
        add(relation, keptMillis, removedRows, null);
    }

    /** @param held why rows that are old enough are kept; null if none are */
    void add(String relation, long keptMillis, int removedRows, @Nullable String held) {
        current.merge(relation, new Runs(keptMillis / MILLIS_PER_SECOND, 1, removedRows, held), Runs::and);
    }

    /** Counts rows that were removed for a run that {@link #add} counts. */
    void addRemoved(String relation, long keptMillis, long removedRows) {
        current.merge(relation, new Runs(keptMillis / MILLIS_PER_SECOND, 0, removedRows, null), Runs::and);
    }

    /** Writes what was counted if rows were removed or the pause is over, without committing. */
    void write(long nowMillis) throws SQLException {
        if (nowMillis < nextMillis && current.values().stream().allMatch(runs -> runs.removedRows() == 0)) {
            return;
        }
        nextMillis = nowMillis + PAUSE_MILLIS;
        Map<String, Runs> all = new TreeMap<>(unwritten);
        current.forEach((relation, runs) -> all.merge(relation, runs, Runs::and));
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setArray(1, connection.createArrayOf("text", all.keySet().toArray()));
            statement.setArray(2, numbers(all.values(), Runs::keptSeconds));
            statement.setArray(3, numbers(all.values(), Runs::runs));
            statement.setArray(4, numbers(all.values(), Runs::removedRows));
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "text", all.values().stream().map(Runs::held).toArray()));
            statement.execute();
        }
        written = true;
    }

    private java.sql.Array numbers(Collection<Runs> all, Function<Runs, Long> figure) throws SQLException {
        return connection.createArrayOf("bigint", all.stream().map(figure).toArray());
    }

    void committed() {
        if (written) {
            unwritten.clear();
        } else {
            current.forEach((relation, runs) -> unwritten.merge(relation, runs, Runs::and));
        }
        forgetCurrent();
    }

    /** What the transaction removed is there again. */
    void rolledBack() {
        if (written) {
            nextMillis = 0;
        }
        forgetCurrent();
    }

    private void forgetCurrent() {
        current.clear();
        written = false;
    }
}
