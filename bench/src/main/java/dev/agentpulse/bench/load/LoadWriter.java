package dev.agentpulse.bench.load;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Writes transactions on one connection, one statement a table and kind of change. */
final class LoadWriter implements AutoCloseable {

    /** Every row's conversation begins with it. */
    static final String CONVERSATION_PREFIX = "bench-load-";

    private static final String AGENT_PREFIX = "bench-load-agent-";
    private static final int HUNDRED = 100;
    private static final int MOST_KNOWN_ROWS = 10_000;
    private static final int SLOW_OF_HUNDRED = 2;
    private static final int SLOW_MILLIS = 250;
    private static final int FASTEST_MILLIS = 20;
    private static final int FAST_SPREAD_MILLIS = 150;
    private static final String DEADLOCK = "40P01";

    private final Load load;
    private final Connection connection;
    private final Random random;
    private final PreparedStatement insertQueries;
    private final PreparedStatement insertApprovals;
    private final PreparedStatement insertFeedback;
    private final PreparedStatement reviewQueries;
    private final PreparedStatement decideApprovals;
    private final Deque<Long> unreviewed = new ArrayDeque<>();
    private final Deque<Long> pending = new ArrayDeque<>();
    // Of the transaction that is not committed yet.
    private final List<Long> insertedQueries = new ArrayList<>();
    private final List<Long> insertedApprovals = new ArrayList<>();

    LoadWriter(Load load, Connection connection, SourceTables tables, long seed) throws SQLException {
        this.load = load;
        this.connection = connection;
        this.random = new Random(seed);
        // Who updates nothing need not hear of its keys.
        String keys = load.updatePercent() > 0 ? " RETURNING id" : "";
        this.insertQueries = connection.prepareStatement("INSERT INTO " + tables.queries()
                + " (conversation_id, agent, query, latency_ms) SELECT '" + CONVERSATION_PREFIX + "' || latency, agent,"
                + " 'how do I reset my password please and thank you', latency"
                + " FROM unnest(?::text[], ?::int[]) AS made(agent, latency)" + keys);
        this.insertApprovals = connection.prepareStatement("INSERT INTO " + tables.approvals()
                + " (conversation_id, status) SELECT '" + CONVERSATION_PREFIX + "' || n, 'pending'"
                + " FROM generate_series(1, ?) n" + keys);
        this.insertFeedback = connection.prepareStatement("INSERT INTO " + tables.feedback()
                + " (conversation_id, safe_to_send, labels, rubric, annotator) SELECT '" + CONVERSATION_PREFIX
                + "' || n, true, ARRAY['clear'], '{\"clarity\": 4, \"accuracy\": 5, \"tone\": 3}', 'bench-load'"
                + " FROM generate_series(1, ?) n");
        this.reviewQueries =
                connection.prepareStatement("UPDATE " + tables.queries() + " SET approved = true WHERE id = ANY (?)");
        this.decideApprovals = connection.prepareStatement("UPDATE " + tables.approvals()
                + " SET status = 'approved', approved_by = 'bench-load', updated_at = now() WHERE id = ANY (?)");
        connection.setAutoCommit(false);
    }

    /** Writes and commits one transaction, again when it loses a deadlock; returns how many rows it changed. */
    int commit() throws SQLException {
        while (true) {
            try {
                return writeAndCommit();
            } catch (SQLException e) {
                if (!DEADLOCK.equals(e.getSQLState())) {
                    throw e;
                }
                connection.rollback();
                insertedQueries.clear();
                insertedApprovals.clear();
            }
        }
    }

    private int writeAndCommit() throws SQLException {
        int queries = 0;
        int approvals = 0;
        int feedback = 0;
        int reviews = 0;
        int decisions = 0;
        for (int row = 0; row < load.transactionRows(); row++) {
            boolean update = random.nextInt(HUNDRED) < load.updatePercent();
            int table = random.nextInt(HUNDRED);
            if (table < load.tables().queries()) {
                if (update && reviews < unreviewed.size()) {
                    reviews++;
                } else {
                    queries++;
                }
            } else if (table < load.tables().queries() + load.tables().approvals()) {
                if (update && decisions < pending.size()) {
                    decisions++;
                } else {
                    approvals++;
                }
            } else {
                feedback++;
            }
        }
        update(reviewQueries, unreviewed, reviews);
        update(decideApprovals, pending, decisions);
        insertQueries(queries);
        insert(insertApprovals, approvals, insertedApprovals);
        if (feedback > 0) {
            insertFeedback.setInt(1, feedback);
            insertFeedback.executeUpdate();
        }
        connection.commit();
        remember(insertedQueries, unreviewed);
        remember(insertedApprovals, pending);
        return load.transactionRows();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void insertQueries(int rows) throws SQLException {
        if (rows == 0) {
            return;
        }
        String[] agents = new String[rows];
        Integer[] latencies = new Integer[rows];
        for (int row = 0; row < rows; row++) {
            boolean busiest = random.nextInt(HUNDRED) < load.busiestAgentPercent();
            agents[row] = AGENT_PREFIX + (busiest ? 0 : random.nextInt(load.agents()));
            latencies[row] = random.nextInt(HUNDRED) < SLOW_OF_HUNDRED
                    ? SLOW_MILLIS
                    : FASTEST_MILLIS + random.nextInt(FAST_SPREAD_MILLIS);
        }
        insertQueries.setArray(1, connection.createArrayOf("text", agents));
        insertQueries.setArray(2, connection.createArrayOf("int4", latencies));
        execute(insertQueries, insertedQueries);
    }

    private void insert(PreparedStatement statement, int rows, List<Long> keys) throws SQLException {
        if (rows > 0) {
            statement.setInt(1, rows);
            execute(statement, keys);
        }
    }

    private void execute(PreparedStatement insert, List<Long> keys) throws SQLException {
        if (load.updatePercent() == 0) {
            insert.executeUpdate();
            return;
        }
        try (ResultSet row = insert.executeQuery()) {
            while (row.next()) {
                keys.add(row.getLong(1));
            }
        }
    }

    private static void remember(List<Long> inserted, Deque<Long> keys) {
        keys.addAll(inserted);
        inserted.clear();
        while (keys.size() > MOST_KNOWN_ROWS) {
            keys.removeFirst();
        }
    }

    private void update(PreparedStatement statement, Deque<Long> keys, int rows) throws SQLException {
        if (rows == 0) {
            return;
        }
        Long[] taken = new Long[rows];
        for (int row = 0; row < rows; row++) {
            taken[row] = keys.removeFirst();
        }
        Array ids = connection.createArrayOf("int8", taken);
        statement.setArray(1, ids);
        statement.executeUpdate();
    }
}
