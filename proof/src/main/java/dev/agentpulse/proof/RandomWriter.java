package dev.agentpulse.proof;

import dev.agentpulse.proof.Expected.Effect;
import dev.agentpulse.proof.TestTable.Image;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Random transactions on one connection, over rows that no other connection touches. */
final class RandomWriter {

    private final Connection connection;
    private final RandomValues values;
    private final LongFunction<String> idOf;
    private final long idStep;
    private final Supplier<Expected> expected;
    private final List<Effect> effects = new ArrayList<>();
    private Map<TestTable, List<String>> ids = new EnumMap<>(TestTable.class);
    private Map<TestTable, List<String>> gone = new EnumMap<>(TestTable.class);
    private long lastNumber;

    /**
     * @param firstNumber of this writer's rows; writers share a step, so that each has numbers of its own
     */
    RandomWriter(
            Connection connection,
            RandomValues values,
            LongFunction<String> idOf,
            long firstNumber,
            long idStep,
            Supplier<Expected> expected)
            throws SQLException {
        this.connection = connection;
        this.values = values;
        this.idOf = idOf;
        this.lastNumber = firstNumber - idStep;
        this.idStep = idStep;
        this.expected = expected;
        connection.setAutoCommit(false);
        for (TestTable table : TestTable.values()) {
            ids.put(table, new ArrayList<>());
            gone.put(table, new ArrayList<>());
        }
    }

    /** A whole transaction: one change, or several, some of them taken back, or all of them. */
    void transaction() throws SQLException {
        Map<TestTable, List<String>> idsBefore = copy(ids);
        Map<TestTable, List<String>> goneBefore = copy(gone);
        changes();
        if (values.oneIn(20)) {
            connection.rollback();
            effects.clear();
            ids = idsBefore;
            gone = goneBefore;
        } else {
            commit();
        }
    }

    /** Changes that stay open until {@link #commit}. */
    void changes() throws SQLException {
        int count = values.oneIn(2) ? 1 : 1 + values.upTo(8);
        for (int n = 0; n < count; n++) {
            change();
        }
        if (values.oneIn(6)) {
            changeAndTakeBack();
        }
    }

    void commit() throws SQLException {
        Expected phase = expected.get();
        connection.commit();
        phase.commit(effects);
        effects.clear();
    }

    private void changeAndTakeBack() throws SQLException {
        Map<TestTable, List<String>> idsBefore = copy(ids);
        Map<TestTable, List<String>> goneBefore = copy(gone);
        int effectsBefore = effects.size();
        Savepoint savepoint = connection.setSavepoint();
        change();
        change();
        connection.rollback(savepoint);
        effects.subList(effectsBefore, effects.size()).clear();
        ids = idsBefore;
        gone = goneBefore;
    }

    private void change() throws SQLException {
        TestTable table = values.pick(List.of(TestTable.values()));
        List<String> there = ids(table);
        int dice = values.upTo(20);
        if (there.isEmpty() || dice < 8) {
            insert(table, newId());
        } else if (dice < 14) {
            update(table, values.pick(there), assignments(table));
        } else if (dice < 17) {
            delete(table, values.pick(there));
        } else if (dice < 18) {
            changeKey(table, values.pick(there));
        } else if (dice < 19) {
            String id = values.pick(there);
            delete(table, id);
            insertAgain(table, id);
        } else if (!gone(table).isEmpty()) {
            insertAgain(table, values.pick(gone(table)));
        }
    }

    private String newId() {
        lastNumber += idStep;
        return idOf.apply(lastNumber);
    }

    private void insert(TestTable table, String id) throws SQLException {
        Map<String, String> row = row(table);
        row.put("id", "'" + id + "'");
        String sql = "INSERT INTO " + table.tableName() + " (" + String.join(", ", row.keySet()) + ") VALUES ("
                + String.join(", ", row.values()) + ")";
        note(table, null, table.write(connection, sql).get(0));
        ids(table).add(id);
    }

    private void insertAgain(TestTable table, String id) throws SQLException {
        gone(table).remove(id);
        insert(table, id);
    }

    private void update(TestTable table, String id, String assignments) throws SQLException {
        Image before = table.read(connection, id);
        String sql = "UPDATE " + table.tableName() + " SET " + assignments + " WHERE id = '" + id + "'";
        note(table, before, table.write(connection, sql).get(0));
    }

    private void delete(TestTable table, String id) throws SQLException {
        note(table, table.read(connection, id), null);
        Sql.run(connection, "DELETE FROM " + table.tableName() + " WHERE id = '" + id + "'");
        ids(table).remove(id);
        gone(table).add(id);
    }

    /** The log has a change of the key as a delete and an insert. */
    private void changeKey(TestTable table, String id) throws SQLException {
        Image before = table.read(connection, id);
        String newId = newId();
        String sql = "UPDATE " + table.tableName() + " SET id = '" + newId + "' WHERE id = '" + id + "'";
        Image after = table.write(connection, sql).get(0);
        note(table, before, null);
        note(table, null, after);
        ids(table).remove(id);
        ids(table).add(newId);
    }

    private void note(TestTable table, @Nullable Image before, @Nullable Image after) {
        effects.add(new Effect(table, before, after));
    }

    private Map<String, String> row(TestTable table) {
        Map<String, String> row = new java.util.LinkedHashMap<>();
        row.put("conversation_id", values.text());
        row.put("created_at", values.oneIn(40) ? values.badTime() : values.time());
        switch (table) {
            case QUERIES -> {
                row.put("agent", values.oneIn(40) ? "NULL" : values.agent());
                row.put("query", values.text());
                row.put("latency_ms", values.oneIn(40) ? "-1" : values.latency());
                row.put("approved", values.bool());
                row.put("human_edited", values.bool());
            }
            case APPROVALS -> {
                row.put("status", values.oneIn(30) ? values.badStatus() : values.status());
                row.put("approved_by", values.text());
                row.put("updated_at", values.oneIn(30) ? values.badTime() : values.time());
            }
            case FEEDBACK -> {
                row.put("safe_to_send", values.bool());
                row.put("labels", values.labels());
                row.put("rubric", (values.oneIn(30) ? values.badRubric() : values.rubric()) + "::jsonb");
                row.put("annotator", values.annotator());
                row.put("updated_at", values.oneIn(40) ? values.badTime() : values.time());
            }
        }
        return row;
    }

    /** What an update sets: a random choice of the columns. */
    private String assignments(TestTable table) {
        Map<String, String> row = row(table);
        List<String> columns = new ArrayList<>(row.keySet());
        List<String> chosen = new ArrayList<>();
        for (int n = 1 + values.upTo(3); n > 0; n--) {
            String column = columns.remove(values.upTo(columns.size()));
            chosen.add(column + " = " + row.get(column));
        }
        return String.join(", ", chosen);
    }

    private List<String> ids(TestTable table) {
        return ids.getOrDefault(table, List.of());
    }

    private List<String> gone(TestTable table) {
        return gone.getOrDefault(table, List.of());
    }

    private static Map<TestTable, List<String>> copy(Map<TestTable, List<String>> lists) {
        Map<TestTable, List<String>> copy = new EnumMap<>(TestTable.class);
        lists.forEach((table, list) -> copy.put(table, new ArrayList<>(list)));
        return copy;
    }
}
