package dev.agentpulse.pgoutput;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Random transactions of several connections that overlap: changes of all kinds, savepoints, two phases. A statement that
 * the server refuses (a key that is taken, a lock that is held, a table without identity) is rolled back to its savepoint.
 */
final class RandomWriter {

    private static final int CONNECTIONS = 3;

    private final PostgresServer server;
    private final Random random;
    private final RandomValues values;
    private final List<Session> sessions = new ArrayList<>();
    private final List<String> prepared = new ArrayList<>();
    private final Map<String, List<RandomTables.Column>> columns = new HashMap<>();
    private List<String> tables = List.of();
    private long nextKey = 1;
    private int transactions;
    private int done;
    private int refused;

    /** A connection and where in a transaction it stands. */
    private static final class Session {
        final Connection connection;
        boolean open;
        int savepoints;

        Session(Connection connection) {
            this.connection = connection;
        }
    }

    RandomWriter(PostgresServer server, Random random) throws SQLException {
        this.server = server;
        this.random = random;
        this.values = new RandomValues(random);
        for (int i = 0; i < CONNECTIONS; i++) {
            Connection connection = server.connect();
            Sql.run(connection, "SET lock_timeout = '5ms'");
            sessions.add(new Session(connection));
        }
    }

    /** Writes to these tables from now on; nothing is open and nothing prepared meanwhile. */
    void use(RandomTables newTables) throws SQLException {
        tables = newTables.names();
        columns.clear();
        for (String table : tables) {
            columns.put(table, newTables.columns(table));
        }
    }

    void write(int steps) throws SQLException, IOException {
        for (int i = 0; i < steps; i++) {
            step(values.oneOf(sessions));
        }
        for (Session session : sessions) {
            end(session);
        }
        while (!prepared.isEmpty()) {
            finishPrepared();
        }
    }

    /** How many statements the server took, and how many it refused. */
    String summary() {
        return done + " statements, and " + refused + " refused, in " + transactions + " transactions";
    }

    int done() {
        return done;
    }

    void close() throws SQLException {
        for (Session session : sessions) {
            session.connection.close();
        }
    }

    private void step(Session session) throws SQLException, IOException {
        if (!session.open) {
            Sql.run(session.connection, "BEGIN");
            session.open = true;
            session.savepoints = 0;
            transactions++;
        }
        int kind = random.nextInt(100);
        if (kind < 75) {
            attempt(session);
        } else if (kind < 80) {
            Sql.run(session.connection, "SAVEPOINT p" + ++session.savepoints);
        } else if (kind < 85 && session.savepoints > 0) {
            String end = random.nextBoolean() ? "RELEASE p" : "ROLLBACK TO p";
            Sql.run(session.connection, end + session.savepoints--);
        } else if (kind < 95) {
            end(session);
        } else if (!prepared.isEmpty()) {
            finishPrepared();
        }
    }

    private void end(Session session) throws SQLException {
        if (!session.open) {
            return;
        }
        int kind = random.nextInt(10);
        if (kind == 0) {
            String name = "two_phases_" + transactions + "_" + nextKey++;
            Sql.run(session.connection, "PREPARE TRANSACTION '" + name + "'");
            prepared.add(name);
        } else {
            Sql.run(session.connection, kind < 3 ? "ROLLBACK" : "COMMIT");
        }
        session.open = false;
    }

    private void finishPrepared() throws SQLException {
        String name = prepared.remove(random.nextInt(prepared.size()));
        try (Connection connection = server.connect()) {
            Sql.run(connection, (random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT") + " PREPARED '" + name + "'");
        }
    }

    private void attempt(Session session) throws SQLException, IOException {
        Sql.run(session.connection, "SAVEPOINT attempt");
        try {
            change(session.connection, values.oneOf(tables));
            Sql.run(session.connection, "RELEASE attempt");
            done++;
        } catch (SQLException e) {
            Sql.run(session.connection, "ROLLBACK TO attempt");
            refused++;
        }
    }

    private void change(Connection connection, String table) throws SQLException, IOException {
        int kind = random.nextInt(100);
        if (kind < 30) {
            insert(connection, table);
        } else if (kind < 37) {
            copy(connection, table);
        } else if (kind < 75) {
            update(connection, table, false);
        } else if (kind < 83) {
            update(connection, table, true);
        } else if (kind < 97) {
            Sql.run(connection, "DELETE FROM " + table + " WHERE " + someRows(table));
        } else {
            String options = values.oneOf(List.of("", " CASCADE", " RESTART IDENTITY", " RESTART IDENTITY CASCADE"));
            Sql.run(
                    connection,
                    "TRUNCATE " + table + (random.nextInt(3) == 0 ? ", " + values.oneOf(tables) : "") + options);
        }
    }

    private void insert(Connection connection, String table) throws SQLException {
        List<RandomTables.Column> into = columnsOf(table);
        List<String> rows = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            List<String> row = new ArrayList<>();
            for (RandomTables.Column column : into) {
                row.add(literal(value(connection, column)));
            }
            rows.add("(" + String.join(", ", row) + ")");
        }
        Sql.run(connection, "INSERT INTO " + table + " (" + names(into) + ") VALUES " + String.join(", ", rows));
    }

    private void copy(Connection connection, String table) throws SQLException, IOException {
        List<RandomTables.Column> into = columnsOf(table);
        StringBuilder rows = new StringBuilder();
        for (int i = random.nextInt(20); i >= 0; i--) {
            List<String> row = new ArrayList<>();
            for (RandomTables.Column column : into) {
                row.add(copyText(value(connection, column)));
            }
            rows.append(String.join("\t", row)).append('\n');
        }
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + table + " (" + names(into) + ") FROM STDIN", new StringReader(rows.toString()));
    }

    private void update(Connection connection, String table, boolean key) throws SQLException {
        RandomTables.Column column = values.oneOf(
                columnsOf(table).stream().filter(c -> c.isKey() == key).toList());
        // One row at most when it is a key.
        String where = key ? "id = (SELECT max(id) FROM " + table + ")" : someRows(table);
        Sql.run(
                connection,
                "UPDATE " + table + " SET " + column.quotedName() + " = " + literal(value(connection, column))
                        + " WHERE " + where);
    }

    private String someRows(String table) {
        return "id IN (SELECT id FROM " + table + " ORDER BY id % " + (1 + random.nextInt(7)) + ", id LIMIT "
                + (1 + random.nextInt(3)) + ")";
    }

    private @Nullable String value(Connection connection, RandomTables.Column column) throws SQLException {
        if (column.isReference()) {
            return Sql.value(connection, "SELECT max(id) FROM parent");
        }
        if (column.isGroup()) {
            return "" + (random.nextInt(20) - 10);
        }
        return column.isKey() ? "" + nextKey++ : values.value(column.type());
    }

    private List<RandomTables.Column> columnsOf(String table) {
        return columns.getOrDefault(table, List.of());
    }

    private static String names(List<RandomTables.Column> columns) {
        return columns.stream().map(RandomTables.Column::quotedName).collect(Collectors.joining(", "));
    }

    private static String literal(@Nullable String value) {
        return value == null || value.equals("null") ? "NULL" : "'" + value.replace("'", "''") + "'";
    }

    private static String copyText(@Nullable String value) {
        return value == null
                ? "\\N"
                : value.replace("\\", "\\\\")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\b", "\\b");
    }
}
