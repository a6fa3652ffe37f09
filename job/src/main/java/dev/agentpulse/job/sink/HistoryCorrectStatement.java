package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds corrections to rows of a history table that are final, of all lengths at once. A bucket that held nothing has no row
 * yet, and gets it. What is there is not read by a query, which would open every partition: the conflict brings it.
 */
final class HistoryCorrectStatement extends BatchStatement<WrittenHistory<HistoryRow>> {

    private final HistoryTable table;
    private final String sql;

    /** Which bucket it is. */
    private record Key(String subject, HistoryBucket length, long startMicros) {}

    HistoryCorrectStatement(HistoryColumns of) {
        super(
                of.qualifiedName(),
                HistoryUpsertStatement.KEYS,
                WrittenHistory.columns(
                        HistoryUpsertStatement.allColumns(of),
                        List.of(
                                // What was purged is no correction.
                                Column.integer(
                                        "revision", row -> row.what().parts().isEmpty() ? 0 : 1),
                                Column.time(
                                        "corrected_at",
                                        row -> row.what().parts().isEmpty()
                                                ? null
                                                : row.tick().asOfMicros()))));
        table = of.table();
        sql = "INSERT INTO " + of.qualifiedName() + " AS t (" + names() + ") SELECT " + names() + " FROM " + source()
                + " WHERE " + of.follows("r.bucket", "r.bucket_start") + " ON CONFLICT (" + of.key()
                + ", zone) DO UPDATE SET " + HistoryColumns.join(of.additive(), "$ = t.$ + EXCLUDED.$") + ", "
                + of.corrections() + ", as_of = EXCLUDED.as_of, commit_lsn = EXCLUDED.commit_lsn,"
                + " revision = t.revision + EXCLUDED.revision,"
                + " corrected_at = coalesce(EXCLUDED.corrected_at, t.corrected_at)";
    }

    /** What corrections come to: a row for each bucket, of what is to be added to it. */
    List<WrittenHistory<HistoryRow>> rows(List<HistoryCorrection> corrections, TickProgress tick) {
        Map<Key, HistoryTotals> sums = new LinkedHashMap<>();
        for (HistoryCorrection correction : corrections) {
            for (HistoryBucket length : HistoryBucket.values()) {
                if (length.place() < correction.endedBuckets()) {
                    Key key = new Key(correction.subject(), length, length.startOf(correction.minuteMicros()));
                    correction.parts().addTo(sums.computeIfAbsent(key, any -> table.newTotals()));
                }
            }
        }
        List<HistoryRow> rows = new ArrayList<>();
        sums.forEach((key, sum) -> {
            if (!sum.isZero()) {
                rows.add(new HistoryRow(
                        table,
                        key.subject(),
                        key.length(),
                        key.startMicros(),
                        tick.asOfMicros(),
                        HistoryParts.of(table, sum)));
            }
        });
        return WrittenHistory.all(rows, tick);
    }

    @Override
    String sql() {
        return sql;
    }
}
