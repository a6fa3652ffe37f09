package dev.agentpulse.proof;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.postgresql.PGConnection;

/**
 * What users may write, at random from a seed: transactions of two connections that overlap, over all three tables, with
 * rows that are late, ahead of their time, unusable, huge or strange. {@link #expected} knows what must come of it.
 */
public final class RandomChanges implements AutoCloseable {

    private static final String HUGE_TEXT = "repeat('0123456789abcdef', 65536)";
    private static final int BULK_FIRST_ID = 1_000_000_000;
    private static final int SLOW_LATENCY_MS = 200;
    private static final int BULK_LATENCIES = 250;

    /**
     * A row that is deleted is younger, or older than history is kept. A job that corrects history for so long takes each
     * out of it, as plain SQL has it.
     */
    public static final Duration CORRECT_DELETES = Duration.ofDays(3);

    private final Connection first;
    private final Connection second;
    private final Connection bulk;
    private final RandomWriter one;
    private final RandomWriter other;
    private final RandomValues values;
    private volatile Expected expected = new Expected();
    private final AtomicLong transactions = new AtomicLong();
    private int nextBulkId = BULK_FIRST_ID;

    /** Opens connections as users do, with the right to alter their tables. */
    public interface Connections {
        Connection connect() throws SQLException;
    }

    public RandomChanges(Connections database, long seed) throws SQLException {
        this(database, seed, Long::toString);
    }

    /** @param idOf makes an id of the tables' type from a number */
    public RandomChanges(Connections database, long seed, LongFunction<String> idOf) throws SQLException {
        first = database.connect();
        second = database.connect();
        bulk = database.connect();
        // Users' tables may allow what the demo's do not.
        Sql.run(first, "ALTER TABLE agent_queries ALTER COLUMN agent DROP NOT NULL");
        values = new RandomValues(new Random(seed));
        one = new RandomWriter(first, values, idOf, 1, 2, () -> expected);
        other = new RandomWriter(second, values, idOf, 2, 2, () -> expected);
    }

    /** What must come of the changes since the beginning, or since {@link #beginPhase}. */
    public Expected expected() {
        return expected;
    }

    /**
     * From now on changes are counted anew. May be called while another thread writes: a transaction belongs to the phase
     * in which its commit began.
     *
     * @return what must come of the changes of the phase that ends
     */
    public Expected beginPhase() {
        Expected ended = expected;
        expected = new Expected();
        return ended;
    }

    /** How many transactions have been written. */
    public long transactions() {
        return transactions.get();
    }

    /** Writes about so many transactions. */
    public void write(int count) throws SQLException {
        for (int n = 0; n < count; n++) {
            if (values.oneIn(4)) {
                overlapping();
            } else {
                one.transaction();
            }
            transactions.incrementAndGet();
        }
    }

    /** One transaction stays open while others begin and end. */
    private void overlapping() throws SQLException {
        other.changes();
        for (int n = values.upTo(4); n > 0; n--) {
            one.transaction();
        }
        other.commit();
    }

    /** A query whose text takes a megabyte. */
    public void writeHugeText() throws SQLException {
        int id = nextBulkId++;
        Sql.run(
                bulk,
                "INSERT INTO agent_queries (id, agent, query, latency_ms) VALUES ('" + id + "', 'sales', " + HUGE_TEXT
                        + ", 1)",
                // The large value is left alone, and the log does not repeat it.
                "UPDATE agent_queries SET approved = true WHERE id = '" + id + "'");
        expected.commitQuery(Integer.toString(id), false);
    }

    /** A bulk load by COPY: all its rows share few log positions. */
    public void copy(int rows) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < rows; n++) {
            text.append(nextBulkId + n)
                    .append("\tbulk\t")
                    .append(n % BULK_LATENCIES)
                    .append('\n');
        }
        bulk.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY agent_queries (id, agent, latency_ms) FROM STDIN", new StringReader(text.toString()));
        expectBulk(rows);
    }

    /** One transaction of so many rows, and an update of each. */
    public void writeLargeTransaction(int rows) throws SQLException {
        Sql.run(
                bulk,
                "BEGIN",
                "INSERT INTO agent_queries (id, agent, latency_ms) SELECT " + nextBulkId + " + n, 'large', n % "
                        + BULK_LATENCIES + " FROM generate_series(0, " + (rows - 1) + ") n",
                "UPDATE agent_queries SET approved = true WHERE id >= " + nextBulkId,
                "COMMIT");
        expectBulk(rows);
    }

    private void expectBulk(int rows) {
        for (int n = 0; n < rows; n++) {
            expected.commitQuery(Integer.toString(nextBulkId + n), n % BULK_LATENCIES > SLOW_LATENCY_MS);
        }
        nextBulkId += rows;
        transactions.incrementAndGet();
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : List.of(first, second, bulk)) {
            connection.close();
        }
    }
}
