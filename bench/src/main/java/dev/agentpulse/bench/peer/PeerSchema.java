package dev.agentpulse.bench.peer;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.load.SourceTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/** Tables like the source's in a schema of their own, for as long as a peer is measured. */
final class PeerSchema implements AutoCloseable {

    static final String NAME = "agentpulse_bench_peer";
    static final SourceTables TABLES = SourceTables.in(NAME);

    private final Database database;

    private PeerSchema(Database database) {
        this.database = database;
    }

    /** Makes them anew, empty. */
    static PeerSchema create(Database database, SourceTables like) throws SQLException {
        PeerSchema schema = new PeerSchema(database);
        schema.close();
        schema.run(
                "CREATE SCHEMA " + NAME,
                copy(TABLES.queries(), like.queries()),
                copy(TABLES.approvals(), like.approvals()),
                copy(TABLES.feedback(), like.feedback()));
        return schema;
    }

    Database database() {
        return database;
    }

    /** @param statements in which {@code %1$s} stands for the schema */
    void run(String... statements) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql.replace("%1$s", NAME));
            }
        }
    }

    /** The only value of a query's only row. */
    String text(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return Objects.requireNonNull(row.getString(1));
        }
    }

    @Override
    public void close() throws SQLException {
        run("DROP SCHEMA IF EXISTS " + NAME + " CASCADE");
    }

    private static String copy(String table, String like) {
        return "CREATE TABLE " + table + " (LIKE " + like + " INCLUDING ALL)";
    }
}
