package dev.agentpulse.pgoutput;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random tables, and random changes of their shape. Each has a column {@code id} whose values are unique. */
final class RandomTables {

    private final Connection connection;
    private final Random random;
    private final RandomValues values;
    private final List<Integer> oids = new ArrayList<>();
    private int names;

    /**
     * A column that can be written to.
     *
     * @param type as {@code format_type} prints it
     */
    record Column(String name, String type) {
        String quotedName() {
            return quote(name);
        }

        /** Whether each value must be another. */
        boolean isKey() {
            return name.equals("id") || name.equals("other_id");
        }

        /** Whether the value decides on the partition. */
        boolean isGroup() {
            return name.equals("grp");
        }

        boolean isReference() {
            return name.equals("parent_id");
        }
    }

    RandomTables(Connection connection, Random random) throws SQLException {
        this.connection = connection;
        this.random = random;
        this.values = new RandomValues(random);
        Sql.run(connection, RandomValues.CREATE_TYPES);
        create("parent", "id bigint PRIMARY KEY", "");
        create("child", "id bigint PRIMARY KEY, parent_id bigint REFERENCES parent ON DELETE CASCADE", "");
        create("\"Odd \"\"Name\"\", 1'\"", "id bigint PRIMARY KEY, other_id bigint NOT NULL UNIQUE", "");
        create("keyless", "id bigint, g bigint GENERATED ALWAYS AS (id * 2) STORED", "");
        Sql.run(connection, "ALTER TABLE keyless REPLICA IDENTITY FULL");
        create("wide", "id bigint, other_id bigint NOT NULL UNIQUE", "");
        Sql.run(connection, "ALTER TABLE wide REPLICA IDENTITY USING INDEX wide_other_id_key");
        create("parted", "id bigint, grp integer NOT NULL, PRIMARY KEY (id, grp)", " PARTITION BY RANGE (grp)");
        Sql.run(
                connection,
                "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (0)",
                "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (0) TO (MAXVALUE)");
    }

    /** The tables by name, quoted where needed. */
    List<String> names() throws SQLException {
        List<String> tables = new ArrayList<>();
        for (int oid : oids) {
            tables.add(DatabaseCopy.Contents.tableName(connection, oid));
        }
        return tables;
    }

    List<Column> columns(String table) throws SQLException {
        return Sql.rows(
                        connection,
                        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '"
                                + table.replace("'", "''") + "'::regclass"
                                + " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum")
                .stream()
                .map(row -> new Column(String.valueOf(row.get(0)), String.valueOf(row.get(1))))
                .toList();
    }

    List<DatabaseCopy.Contents> contents() throws SQLException {
        List<DatabaseCopy.Contents> contents = new ArrayList<>();
        for (int oid : oids) {
            contents.add(DatabaseCopy.Contents.of(connection, oid));
        }
        return contents;
    }

    /** Changes the shape of a table, with a row of the marker in the same transaction. */
    DatabaseCopy.@Nullable Change alter(String insertMarker) throws SQLException {
        int oid = values.oneOf(oids);
        String table = DatabaseCopy.Contents.tableName(connection, oid);
        Sql.run(connection, "BEGIN");
        try {
            DatabaseCopy.Contents before = DatabaseCopy.Contents.of(connection, oid);
            String action = action(table);
            Sql.run(connection, "ALTER TABLE " + table + " " + action, insertMarker);
            if (table.equals("parted") && action.startsWith("REPLICA IDENTITY")) {
                // Partitions keep their own otherwise, and the stream then calls a key a whole row.
                Sql.run(connection, "ALTER TABLE parted_low " + action, "ALTER TABLE parted_high " + action);
            }
            DatabaseCopy.Contents after = DatabaseCopy.Contents.of(connection, oid);
            Sql.run(connection, "COMMIT");
            return new DatabaseCopy.Change(before, after);
        } catch (SQLException e) {
            Sql.run(connection, "ROLLBACK");
            return null;
        }
    }

    private String action(String table) throws SQLException {
        List<String> free = columns(table).stream()
                .filter(column -> !column.isKey() && !column.isGroup() && !column.isReference())
                .map(Column::quotedName)
                .toList();
        String added = columnName() + " " + values.type();
        int kind = random.nextInt(10);
        if (kind < 3 || free.isEmpty()) {
            return "ADD COLUMN " + added;
        }
        String column = values.oneOf(free);
        return switch (kind) {
            case 3 -> "ADD COLUMN " + columnName() + " text NOT NULL DEFAULT 'given to old rows, too'";
            case 4 -> "DROP COLUMN " + column;
            case 5, 6 -> "ALTER COLUMN " + column + " TYPE text USING " + column + "::text";
            case 7 -> "RENAME COLUMN " + column + " TO " + columnName();
            case 8 -> "REPLICA IDENTITY FULL";
            default -> "REPLICA IDENTITY " + (random.nextInt(3) == 0 ? "NOTHING" : "DEFAULT");
        };
    }

    private void create(String name, String first, String last) throws SQLException {
        StringBuilder columns = new StringBuilder(first);
        for (int i = 2 + random.nextInt(6); i > 0; i--) {
            columns.append(", ").append(columnName()).append(' ').append(values.type());
        }
        // Stored apart from the row even where it could be made small.
        columns.append(", large text, counter integer");
        Sql.run(
                connection,
                "CREATE TABLE " + name + " (" + columns + ")" + last,
                "ALTER TABLE " + name + " ALTER COLUMN large SET STORAGE EXTERNAL");
        oids.add(Integer.valueOf(Sql.value(connection, "SELECT '" + name.replace("'", "''") + "'::regclass::oid")));
    }

    private String columnName() {
        names++;
        return names % 3 == 0 ? quote("Column, \"" + names + "'") : "c" + names;
    }

    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
