package dev.agentpulse.bench.backlog;

import static java.util.Objects.requireNonNull;

import dev.agentpulse.bench.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Rows that the job has yet to read. Three of its agents have one row each, at the beginning, behind a tenth and at the end:
 * when their counts appear tells the speed from outside, without the start of the job, of what a process does when it is
 * cold apart from the rest.
 */
final class Backlog implements AutoCloseable {

    private static final String PREFIX = "backlog-bench-";
    private static final String FIRST = PREFIX + "first";
    private static final String EARLY = PREFIX + "early";
    private static final String LATE = PREFIX + "late";
    private static final int EARLY_PART = 10;
    private static final int AGENTS = 8;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Connection connection;
    private final String queriesTable;
    private int written;
    private int writtenBeforeEarly;

    private Backlog(Connection connection, String queriesTable) {
        this.connection = connection;
        this.queriesTable = queriesTable;
    }

    /** @throws IllegalArgumentException when the job is running or has no slot yet */
    static Backlog of(Database database, String queriesTable, String slot) throws SQLException {
        Connection connection = database.connect();
        try {
            requireStopped(connection, slot);
            Backlog backlog = new Backlog(connection, queriesTable);
            backlog.run("SET synchronous_commit = off");
            return backlog;
        } catch (SQLException | IllegalArgumentException e) {
            connection.close();
            throw e;
        }
    }

    private static void requireStopped(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT active FROM pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalArgumentException("There is no slot " + slot
                            + ": let the job run once, and end it by ./agentpulse cluster stop-job.");
                }
                if (row.getBoolean(1)) {
                    throw new IllegalArgumentException("The job is running: stop it first, its state kept; what it"
                            + " does not read meanwhile is the backlog.");
                }
            }
        }
    }

    /** Writes all rows, of now, and says how far it is. */
    void write(int rows, int transactionRows) throws SQLException {
        if (rows < EARLY_PART * transactionRows || transactionRows < 1) {
            throw new IllegalArgumentException("--rows must be at least ten transactions, but is " + rows);
        }
        String sql = "INSERT INTO " + queriesTable + " (conversation_id, agent, query, latency_ms)"
                + " SELECT 'c-' || n, '" + PREFIX + "' || n % " + AGENTS
                + ", 'how do I reset my password please and thank you', n % 300 FROM generate_series(1, ?) n";
        mark(FIRST);
        long saidNanos = System.nanoTime();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, transactionRows);
            while (written < rows) {
                written += insert.executeUpdate();
                if (writtenBeforeEarly == 0 && written >= rows / EARLY_PART) {
                    mark(EARLY);
                    writtenBeforeEarly = written;
                }
                if (System.nanoTime() - saidNanos > PROGRESS_NANOS) {
                    System.out.printf(Locale.ROOT, "  %,d rows%n", written);
                    saidNanos = System.nanoTime();
                }
            }
        }
        mark(LATE);
    }

    /** The position behind everything written. */
    String end() throws SQLException {
        return text("SELECT pg_current_wal_insert_lsn()::text");
    }

    /**
     * How fast it was read.
     *
     * @param firstTenth rows a second, right after the start of the job
     * @param others rows a second of all others
     */
    record Speed(double firstTenth, double others) {}

    /** Waits for all marks. */
    Speed awaitSpeed() throws SQLException {
        long first = awaitMark(FIRST);
        long early = awaitMark(EARLY);
        long late = awaitMark(LATE);
        return new Speed(
                writtenBeforeEarly / seconds(first, early), (written - writtenBeforeEarly) / seconds(early, late));
    }

    private static double seconds(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** What results count of the last hour. */
    long counted() throws SQLException {
        return Long.parseLong(text("SELECT coalesce(sum(query_count), 0) FROM agentpulse.agent_performance"
                + " WHERE window_name = '1h' AND agent LIKE '" + PREFIX + "%'"));
    }

    /** The same by plain SQL, at the time of the results. */
    long inHour() throws SQLException {
        return Long.parseLong(text("SELECT count(*) FROM " + queriesTable + " WHERE agent LIKE '" + PREFIX + "%'"
                + " AND created_at > (SELECT min(as_of) FROM agentpulse.pipeline_status) - interval '1 hour'"));
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            System.out.println("Removing the rows");
            run("DELETE FROM " + queriesTable + " WHERE agent LIKE '" + PREFIX + "%'");
        }
    }

    private void mark(String agent) throws SQLException {
        run("INSERT INTO " + queriesTable + " (conversation_id, agent, query, latency_ms) VALUES ('c', '" + agent
                + "', 'mark', 1)");
        written++;
    }

    private long awaitMark(String agent) throws SQLException {
        String sql = "SELECT count(*) FROM agentpulse.agent_performance WHERE query_count > 0 AND agent = '" + agent
                + "' AND window_name = '1h'";
        long startNanos = System.nanoTime();
        while (text(sql).equals("0")) {
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                throw new IllegalArgumentException("The results do not show the backlog after half an hour: does the"
                        + " job run, with the state that it was stopped with?");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return System.nanoTime();
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return requireNonNull(row.getString(1));
        }
    }
}
