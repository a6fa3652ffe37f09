package dev.agentpulse.job.sink;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Inserts rows, or replaces what is there under the same key.
 *
 * @param <R> the row
 */
abstract class UpsertStatement<R> extends BatchStatement<R> {

    private final String sql;

    /** @param keys how many of the columns, from the first, are the key */
    UpsertStatement(String table, int keys, List<Column<R>> columns) {
        super(table, keys, columns);
        String key = columns.subList(0, keys).stream().map(Column::name).collect(Collectors.joining(", "));
        String replaced = columns.subList(keys, columns.size()).stream()
                .map(column -> column.name() + " = " + replacement(column.name()))
                .collect(Collectors.joining(", "));
        this.sql = "INSERT INTO " + table + " AS t (" + names() + ") SELECT " + names() + " FROM " + source()
                + " ON CONFLICT (" + key + ") DO UPDATE SET " + replaced;
    }

    /** What a column is set to where the key is there already; {@code t} is the row that is there. */
    String replacement(String column) {
        return "EXCLUDED." + column;
    }

    @Override
    final String sql() {
        return sql;
    }
}
