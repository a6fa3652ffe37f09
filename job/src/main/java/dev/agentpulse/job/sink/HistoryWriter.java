package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the history tables in the transactions of ticks.
 *
 * <p>What a tick has of history is written if it is newer than the last tick that was written: a replay may cut ticks
 * otherwise, so of one that is new a part may be in the tables already. A row as a whole is newer if it is complete to a
 * later time; a correction if its transaction is. Rows come first, because a correction is of a bucket that had ended.
 */
final class HistoryWriter {

    private static final Comparator<HistoryCorrection> IN_THE_ORDER_OF_THE_LOG =
            Comparator.comparingLong(HistoryCorrection::timeMicros).thenComparingLong(HistoryCorrection::number);

    /** Rows that are ahead of their time by more than this may be missing after an upgrade; see the decision. */
    private static final long BEGIN_MARGIN_MICROS = 5 * 60_000_000L;

    private static final long SNAPSHOT_MARGIN_MICROS = 60_000_000;

    /** See {@link dev.agentpulse.job.model.HistoryParts#size}: a megabyte or two. */
    private static final int STATEMENT_SIZE = 200_000;

    private static final String BEFORE_ALL = "-infinity";

    private static final String REMOVE_OPEN = "DELETE FROM $ AS h USING " + HistorySql.LENGTHS
            + ", (SELECT ?::timestamptz AS complete_from, ?::timestamptz AS last) AS b WHERE h.bucket = length.bucket"
            + " AND h.bucket_start > least(b.complete_from, b.last) - length.duration"
            + " AND (NOT h.final OR h.bucket_start >= b.complete_from)";

    private static final String SET_REACH =
            "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                    + " SELECT ?, length.bucket, ?::timestamptz FROM " + HistorySql.LENGTHS
                    + " ON CONFLICT (history_table, bucket) DO UPDATE SET complete_from = EXCLUDED.complete_from";

    private final Connection connection;
    private final HistoryConfig config;
    private final Map<HistoryTable, Statements> statements = new EnumMap<>(HistoryTable.class);

    /** Those of one table. */
    private record Statements(
            HistoryUpsertStatement upsert, HistoryCorrectStatement correct, HistoryTruncation truncation) {}

    HistoryWriter(Connection connection, HistoryConfig config, AlertConfig alerts) {
        this.connection = connection;
        this.config = config;
        for (HistoryTable table : HistoryTable.values()) {
            HistoryColumns columns = HistoryColumns.of(table, alerts);
            statements.put(
                    table,
                    new Statements(
                            new HistoryUpsertStatement(columns),
                            new HistoryCorrectStatement(columns),
                            new HistoryTruncation(connection, config, columns)));
        }
    }

    /**
     * History begins anew: what it had before stays as it is, but for buckets that had not ended and those that are
     * written again.
     *
     * @param read whether the tables were read for it, so that it holds some time before
     * @param knownMicros a time that the job has read everything up to
     * @param lastMicros time of the last tick of before; null if there was none
     */
    void begin(boolean read, long knownMicros, @Nullable Long lastMicros) throws SQLException {
        long from =
                read ? knownMicros - config.reachMicros() + SNAPSHOT_MARGIN_MICROS : knownMicros + BEGIN_MARGIN_MICROS;
        for (HistoryTable table : HistoryTable.values()) {
            begin(table, Column.text(from), lastMicros == null ? BEFORE_ALL : Column.text(lastMicros));
        }
    }

    private void begin(HistoryTable table, String completeFrom, String last) throws SQLException {
        String removal = REMOVE_OPEN.replace("$", "agentpulse." + table.tableName());
        try (PreparedStatement remove = connection.prepareStatement(removal);
                PreparedStatement set = connection.prepareStatement(SET_REACH)) {
            remove.setString(1, completeFrom);
            remove.setString(2, last);
            remove.executeUpdate();
            set.setString(1, table.tableName());
            set.setString(2, completeFrom);
            set.executeUpdate();
        }
    }

    /** @param lastMicros time of the last tick that was written */
    void writeRows(Collection<HistoryRow> rows, long lastMicros, TickProgress tick, RowWriter writer)
            throws SQLException {
        for (HistoryTable table : HistoryTable.values()) {
            List<HistoryRow> part = new ArrayList<>();
            long size = 0;
            for (HistoryRow row : rows) {
                if (row.table() == table && row.completeToMicros() > lastMicros) {
                    part.add(row);
                    size += row.parts().size();
                }
                if (size >= STATEMENT_SIZE) {
                    writer.write(of(table).upsert(), WrittenHistory.all(part, tick));
                    part.clear();
                    size = 0;
                }
            }
            writer.write(of(table).upsert(), WrittenHistory.all(part, tick));
        }
    }

    private Statements of(HistoryTable table) {
        return Objects.requireNonNull(statements.get(table));
    }

    /** @param lastMicros time of the last tick that was written */
    void writeChanges(Collection<HistoryCorrection> changes, long lastMicros, TickProgress tick, RowWriter writer)
            throws SQLException {
        for (HistoryTable table : HistoryTable.values()) {
            List<HistoryCorrection> ofTheTable = changes.stream()
                    .filter(change -> change.table() == table && change.timeMicros() > lastMicros)
                    .sorted(IN_THE_ORDER_OF_THE_LOG)
                    .toList();
            writeChanges(of(table), ofTheTable, tick, writer);
        }
    }

    private static void writeChanges(
            Statements of, List<HistoryCorrection> changes, TickProgress tick, RowWriter writer) throws SQLException {
        List<HistoryCorrection> corrections = new ArrayList<>();
        HistoryCorrection before = null;
        for (HistoryCorrection change : changes) {
            if (change.kind() == HistoryCorrection.Kind.CORRECTION) {
                corrections.add(change);
            } else if (before == null || IN_THE_ORDER_OF_THE_LOG.compare(before, change) != 0) {
                // Every subtask reports it, and the second time there is nothing left.
                writer.write(of.correct(), WrittenHistory.all(corrections, tick));
                corrections.clear();
                of.truncation().write(change.timeMicros(), tick);
            }
            before = change;
        }
        writer.write(of.correct(), WrittenHistory.all(corrections, tick));
    }
}
