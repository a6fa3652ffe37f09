package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryRow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of a history table as wholes: where history is complete, or where there are none yet. */
final class HistoryUpsertStatement extends BatchStatement<WrittenHistory<HistoryRow>> {

    static final int KEYS = 3;

    private final String sql;

    /**
     * @param past whether the rows are of a time that is being read: history is not complete there, and no row is there under
     *     the same key, so none is looked for
     */
    HistoryUpsertStatement(HistoryColumns of, boolean past) {
        super(of.qualifiedName(), KEYS, allColumns(of));
        String insert =
                "INSERT INTO " + of.qualifiedName() + " (" + names() + ") SELECT " + names() + " FROM " + source();
        String replaced = columns().subList(KEYS, columns().size()).stream()
                .map(column -> column.name() + " = EXCLUDED." + column.name())
                .collect(Collectors.joining(", "));
        sql = past
                ? insert
                : insert + " WHERE " + of.follows("r.bucket", "r.bucket_start") + " ON CONFLICT (" + of.key()
                        + ", zone) DO UPDATE SET " + replaced;
    }

    /** All columns that a row gets, but for those of its corrections. */
    static List<Column<WrittenHistory<HistoryRow>>> allColumns(HistoryColumns of) {
        List<Column<WrittenHistory<HistoryRow>>> columns = new ArrayList<>(List.of(
                Column.text(of.table().subject(), row -> row.what().subject()),
                Column.text("bucket", row -> row.what().bucket().text()),
                Column.time("bucket_start", row -> row.what().startMicros()),
                Column.time("bucket_end", row -> row.what().endMicros()),
                Column.bool("final", row -> row.what().isEnded()),
                Column.time("as_of", row -> row.what().asOfMicros()),
                WrittenHistory.lsnColumn()));
        of.derived()
                .forEach(derived -> columns.add(new Column<>(derived.column(), derived.type(), row -> derived.value()
                        .apply(row.what().parts()))));
        return WrittenHistory.columns(columns, WrittenHistory.partColumns(of, HistoryRow::parts));
    }

    @Override
    String sql() {
        return sql;
    }
}
