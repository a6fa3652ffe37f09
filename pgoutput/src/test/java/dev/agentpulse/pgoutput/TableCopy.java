package dev.agentpulse.pgoutput;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A table's rows as text, kept by the changes of the stream alone. */
final class TableCopy {

    private List<String> columns = List.of();
    private final List<@Nullable String[]> rows = new ArrayList<>();

    /** Sets the contents to what a query read. */
    void set(List<String> newColumns, List<List<@Nullable String>> newRows) {
        columns = newColumns;
        rows.clear();
        newRows.forEach(row -> rows.add(row.toArray(String[]::new)));
    }

    /** Takes over a new shape; values of new columns are null. */
    void reshape(Relation relation) {
        List<String> names =
                relation.columns().stream().map(Relation.Column::name).toList();
        if (!names.equals(columns)) {
            rows.replaceAll(row -> names.stream()
                    .map(name -> columns.contains(name) ? row[columns.indexOf(name)] : null)
                    .toArray(String[]::new));
            columns = names;
        }
    }

    void insert(Tuple after) {
        rows.add(values(after, null));
    }

    void update(Message.Update update) {
        Tuple before = update.before();
        int at = before == null
                ? find(update.relation(), update.after(), true)
                : find(update.relation(), before, update.beforeIsKeyOnly());
        rows.set(at, values(update.after(), rows.get(at)));
    }

    void delete(Message.Delete delete) {
        rows.remove(find(delete.relation(), delete.before(), delete.beforeIsKeyOnly()));
    }

    void truncate() {
        rows.clear();
    }

    List<String> columns() {
        return columns;
    }

    /** The rows in an order of their own, one text each. */
    List<String> sorted() {
        return rows.stream().map(Arrays::toString).sorted().toList();
    }

    private int find(Relation relation, Tuple wanted, boolean byKey) {
        for (int at = 0; at < rows.size(); at++) {
            if (matches(relation, rows.get(at), wanted, byKey)) {
                return at;
            }
        }
        throw new AssertionError(
                "no such row in the copy of " + relation + ": " + Arrays.toString(values(wanted, null)));
    }

    private static boolean matches(Relation relation, @Nullable String[] row, Tuple wanted, boolean byKey) {
        for (int i = 0; i < row.length; i++) {
            boolean compared = !byKey || relation.columns().get(i).partOfKey();
            if (compared && !Objects.equals(row[i], wanted.isNull(i) ? null : wanted.text(i))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String[] values(Tuple tuple, @Nullable String @Nullable [] previous) {
        @Nullable String[] values = new String[tuple.size()];
        for (int i = 0; i < values.length; i++) {
            if (tuple.isUnchanged(i)) {
                values[i] = previous == null ? "<unchanged>" : previous[i];
            } else {
                values[i] = tuple.isNull(i) ? null : tuple.text(i);
            }
        }
        return values;
    }
}
