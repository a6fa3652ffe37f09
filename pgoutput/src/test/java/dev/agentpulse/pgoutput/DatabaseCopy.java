package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All tables as the stream shows them. What rewrites a table without a change of the stream (ALTER TABLE) is taken from a
 * query instead, after its state before was compared: see {@link #expect}.
 */
final class DatabaseCopy {

    /** What a table held by a query. */
    record Contents(int oid, List<String> columns, List<List<@Nullable String>> rows) {

        static Contents of(Connection connection, int oid) throws SQLException {
            List<String> columns = Sql.rows(
                            connection,
                            "SELECT attname FROM pg_attribute WHERE attrelid = " + oid
                                    + " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum")
                    .stream()
                    .map(row -> String.valueOf(row.get(0)))
                    .toList();
            String list = String.join(
                    ", ",
                    columns.stream()
                            .map(c -> '"' + c.replace("\"", "\"\"") + '"')
                            .toList());
            return new Contents(
                    oid, columns, Sql.rows(connection, "SELECT " + list + " FROM " + tableName(connection, oid)));
        }

        static String tableName(Connection connection, int oid) throws SQLException {
            return Sql.value(connection, "SELECT " + oid + "::regclass");
        }
    }

    /** A point between two changes: a table's contents before it and after it. */
    record Change(Contents before, Contents after) {}

    private final String marker;
    private final PgOutputDecoder decoder = new PgOutputDecoder();
    private final Map<Integer, TableCopy> tables = new HashMap<>();
    private final Map<Long, Change> expected = new HashMap<>();
    private final Map<Class<?>, Integer> counts = new HashMap<>();
    private int unchangedValues;

    /**
     * A copy of an empty database.
     *
     * @param marker a table of one whole number whose rows stand for the changes to expect
     */
    DatabaseCopy(String marker) {
        this.marker = marker;
    }

    /** What to compare, and to go on with, when the marker's row with this number passes by. */
    void expect(long number, Change change) {
        expected.put(number, change);
    }

    /** Reads until a row of the marker passes by. */
    void readUntil(ReplicationStream stream, long lastMarker, String description) throws SQLException {
        boolean seen = false;
        while (!seen) {
            ByteBuffer bytes = stream.readPending();
            if (bytes != null) {
                seen = apply(decoder.decode(bytes), lastMarker, description);
            }
        }
    }

    void assertEquals(Contents contents, String description) {
        TableCopy read = new TableCopy();
        read.set(contents.columns(), contents.rows());
        TableCopy copy = table(contents.oid());
        if (!contents.rows().isEmpty() || !copy.sorted().isEmpty()) {
            assertThat(copy.columns()).as(description).isEqualTo(read.columns());
        }
        assertThat(copy.sorted()).as(description).isEqualTo(read.sorted());
    }

    /** How many messages of a kind came. */
    int count(Class<? extends Message> kind) {
        return counts.getOrDefault(kind, 0);
    }

    /** How many values were left out, because an update did not change them. */
    int unchangedValues() {
        return unchangedValues;
    }

    private boolean apply(Message message, long lastMarker, String description) {
        counts.merge(message.getClass(), 1, Integer::sum);
        if (message instanceof Relation relation) {
            table(relation.oid()).reshape(relation);
        } else if (message instanceof Message.Insert insert) {
            if (insert.relation().table().equals(marker)) {
                long number = insert.after().wholeNumber(0);
                rebase(number, description);
                return number == lastMarker;
            }
            table(insert.relation().oid()).insert(insert.after());
        } else if (message instanceof Message.Update update) {
            for (int i = 0; i < update.after().size(); i++) {
                unchangedValues += update.after().isUnchanged(i) ? 1 : 0;
            }
            table(update.relation().oid()).update(update);
        } else if (message instanceof Message.Delete delete) {
            table(delete.relation().oid()).delete(delete);
        } else if (message instanceof Message.Truncate truncate) {
            truncate.relations().forEach(relation -> table(relation.oid()).truncate());
        }
        return false;
    }

    private void rebase(long number, String description) {
        Change change = expected.remove(number);
        if (change != null) {
            assertEquals(change.before(), description + ", before change " + number);
            table(change.after().oid())
                    .set(change.after().columns(), change.after().rows());
        }
    }

    private TableCopy table(int oid) {
        return tables.computeIfAbsent(oid, any -> new TableCopy());
    }
}
