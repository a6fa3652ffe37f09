package dev.agentpulse.bench.peer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * One prepared upsert in a loop, each committed: when all is written, a count for each query of the load, as somebody would
 * keep them who does no more than that. What one connection writes at most, row by row.
 */
final class UpsertLoop implements Engine {

    private static final int MOST_ROWS = 20_000;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Connection reading;
    private final Connection writing;

    private UpsertLoop(Connection reading, Connection writing) {
        this.reading = reading;
        this.writing = writing;
    }

    static Subject start(PeerSchema schema) throws SQLException {
        schema.run(
                "CREATE TABLE " + Peer.RESULT + " (agent text PRIMARY KEY, query_count bigint) WITH (fillfactor = 50)");
        return Peer.replaying(
                "upsert-loop",
                schema,
                new UpsertLoop(schema.database().connect(), schema.database().connect()));
    }

    @Override
    public double cpuSeconds() {
        return 0;
    }

    @Override
    public OptionalDouble replay(long changes) throws SQLException {
        long rows = 0;
        try (Statement select = reading.createStatement();
                ResultSet query = select.executeQuery(
                        "SELECT agent FROM " + PeerSchema.TABLES.queries() + " ORDER BY id LIMIT " + MOST_ROWS);
                PreparedStatement upsert = writing.prepareStatement("INSERT INTO " + Peer.RESULT
                        + " AS kept (agent, query_count) VALUES (?, 1)"
                        + " ON CONFLICT (agent) DO UPDATE SET query_count = kept.query_count + 1")) {
            long startNanos = System.nanoTime();
            while (query.next()) {
                upsert.setString(1, query.getString(1));
                upsert.executeUpdate();
                rows++;
            }
            return rows == 0
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(rows * NANOS_PER_SECOND / (System.nanoTime() - startNanos));
        }
    }

    @Override
    public void close() throws SQLException {
        try (reading;
                writing) {
            // Both, also when one fails.
        }
    }
}
