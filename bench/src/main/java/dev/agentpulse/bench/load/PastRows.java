package dev.agentpulse.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/**
 * A table of queries that is large already when a pipeline starts: rows of the last month, and one in a thousand of the
 * last hour. They stay; who comes again finds them.
 */
public final class PastRows {

    private static final String PREFIX = "bench-past-";
    private static final long BATCH_ROWS = 100_000;
    private static final long RECENT_PART = 1_000;
    private static final long SAY_ROWS = 5_000_000;

    private PastRows() {}

    /** Writes them unless they are there; those of the last hour in any case. */
    public static void write(Connection connection, String queriesTable, long rows) throws SQLException {
        if (!isThere(connection, queriesTable, rows)) {
            System.out.printf(Locale.ROOT, "Writing %,d old rows%n", rows);
            for (long from = 1; from <= rows; from += BATCH_ROWS) {
                insert(
                        connection,
                        queriesTable,
                        from,
                        Math.min(rows, from + BATCH_ROWS - 1),
                        rows,
                        "29 days",
                        "1 hour");
                if ((from - 1) % SAY_ROWS == 0) {
                    System.out.printf(Locale.ROOT, "  %,d%n", from - 1);
                }
            }
        }
        long recent = rows / RECENT_PART;
        insert(connection, queriesTable, rows + 1, rows + recent, recent, "55 minutes", "0");
    }

    /** The last one tells of all: they are numbered. */
    private static boolean isThere(Connection connection, String queriesTable, long rows) throws SQLException {
        try (PreparedStatement last = connection.prepareStatement(
                "SELECT EXISTS (SELECT FROM " + queriesTable + " WHERE conversation_id = ?)")) {
            last.setString(1, PREFIX + rows);
            try (ResultSet row = last.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void insert(
            Connection connection, String queriesTable, long from, long to, long of, String spread, String youngest)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + queriesTable
                + " (conversation_id, agent, query, latency_ms, created_at)"
                + " SELECT '" + PREFIX + "' || n, 'bench-past-agent-' || n % 20,"
                + " 'how do I reset my password please and thank you', 20 + n % 150,"
                + " now() - ?::interval - ?::interval * (n % ?::bigint / ?::double precision)"
                + " FROM generate_series(?::bigint, ?::bigint) n")) {
            insert.setString(1, youngest);
            insert.setString(2, spread);
            insert.setLong(3, of);
            insert.setLong(4, of);
            insert.setLong(5, from);
            insert.setLong(6, to);
            insert.executeUpdate();
        }
    }
}
