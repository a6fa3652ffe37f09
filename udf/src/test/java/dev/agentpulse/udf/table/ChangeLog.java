package dev.agentpulse.udf.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/** A table's changes in order, made as they happen, and the rows that are there in the end. */
final class ChangeLog {

    private final List<Row> changes = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    void insert(Row row) {
        rows.add(row);
        log(RowKind.INSERT, row);
    }

    void updateAny(Random random, Row after) {
        int index = random.nextInt(rows.size());
        Row before = rows.get(index);
        after.setField(0, before.getField(0));
        log(RowKind.UPDATE_BEFORE, before);
        log(RowKind.UPDATE_AFTER, after);
        rows.set(index, after);
    }

    void deleteAny(Random random) {
        log(RowKind.DELETE, rows.remove(random.nextInt(rows.size())));
    }

    private void log(RowKind kind, Row row) {
        Row change = Row.copy(row);
        change.setKind(kind);
        changes.add(change);
    }

    List<Row> changes() {
        return Collections.unmodifiableList(changes);
    }

    List<Row> rows() {
        return Collections.unmodifiableList(rows);
    }
}
