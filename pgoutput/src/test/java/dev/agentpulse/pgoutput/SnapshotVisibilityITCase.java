package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that a query read, and the changes of transactions that its snapshot did not contain, make the final table. */
class SnapshotVisibilityITCase {

    private static final int SNAPSHOTS = Integer.getInteger("pgoutput.snapshots", 200);
    private static final long SEED = Long.getLong("pgoutput.seed", 1);
    private static final int WRITERS = 4;
    private static final int KEYS = 200;

    private record Read(TransactionSnapshot snapshot, Map<Long, String> rows) {}

    /** A change of a row by a transaction; {@code value} is null when the row is gone. */
    private record Change(int xid, long id, @Nullable String value) {}

    @SuppressWarnings("NullAway.Init")
    private static PostgresServer server;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest(name = "synchronous_commit {0}")
    @ValueSource(strings = {"on", "off"})
    void rowsReadAndChangesNotContainedMakeTheTable(String synchronousCommit) throws Exception {
        try (Connection connection = server.connect()) {
            Sql.run(
                    connection,
                    "DROP TABLE IF EXISTS t, marker",
                    "CREATE TABLE t (id bigint PRIMARY KEY, value text)",
                    "CREATE TABLE marker (number bigint)",
                    "INSERT INTO t SELECT id, 'old' FROM generate_series(0, " + (KEYS / 2) + ") id");
            String slot = "visibility_" + synchronousCommit;
            Sql.publishAll(connection, slot);
            List<Read> reads = readWhileOthersWrite(synchronousCommit);
            Sql.run(connection, "SET synchronous_commit = on", "INSERT INTO marker VALUES (1)");
            List<Change> changes = changes(slot);
            Map<Long, String> expected = rows(connection);

            long midway = reads.stream()
                    .filter(read -> changes.stream()
                                    .anyMatch(c -> read.snapshot().contains(c.xid()))
                            && changes.stream().anyMatch(c -> !read.snapshot().contains(c.xid())))
                    .count();
            System.out.printf(
                    "synchronous_commit %s, seed %d: %d changes, %d snapshots, %d in the midst of them%n",
                    synchronousCommit, SEED, changes.size(), reads.size(), midway);
            assertThat(midway).isGreaterThan(SNAPSHOTS / 2);
            for (Read read : reads) {
                Map<Long, String> rows = new TreeMap<>(read.rows());
                changes.stream().filter(c -> !read.snapshot().contains(c.xid())).forEach(c -> apply(c, rows));
                assertThat(rows)
                        .as("seed %s, snapshot %s", SEED, read.snapshot())
                        .isEqualTo(expected);
            }
        }
    }

    private static void apply(Change change, Map<Long, String> rows) {
        if (change.value() == null) {
            rows.remove(change.id());
        } else {
            rows.put(change.id(), change.value());
        }
    }

    private static List<Read> readWhileOthersWrite(String synchronousCommit) throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        ExecutorService executor = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> writers = new ArrayList<>();
        List<CountDownLatch> commits = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(SEED * 10 + i);
            CountDownLatch committed = new CountDownLatch(1);
            commits.add(committed);
            writers.add(executor.submit(() -> {
                write(random, running, committed, synchronousCommit);
                return null;
            }));
        }
        List<Read> reads = new ArrayList<>();
        try (Connection connection = server.connect()) {
            for (CountDownLatch committed : commits) {
                assertThat(committed.await(5, TimeUnit.MINUTES))
                        .as("each writer has begun")
                        .isTrue();
            }
            while (reads.size() < SNAPSHOTS) {
                Sql.run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                TransactionSnapshot snapshot =
                        TransactionSnapshot.parse(Sql.value(connection, "SELECT pg_current_snapshot()"));
                reads.add(new Read(snapshot, rows(connection)));
                Sql.run(connection, "COMMIT");
            }
        } finally {
            running.set(false);
            executor.shutdown();
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        return reads;
    }

    /** @param committed reaches zero with the first commit */
    private static void write(Random random, AtomicBoolean running, CountDownLatch committed, String synchronousCommit)
            throws SQLException {
        try (Connection connection = server.connect()) {
            Sql.run(connection, "SET synchronous_commit = " + synchronousCommit, "SET deadlock_timeout = '2ms'");
            while (running.get()) {
                Sql.run(connection, "BEGIN");
                for (int i = random.nextInt(4); i >= 0; i--) {
                    boolean savepoint = random.nextInt(3) == 0;
                    if (savepoint) {
                        Sql.run(connection, "SAVEPOINT s");
                    }
                    Sql.run(connection, change(random));
                    if (savepoint) {
                        Sql.run(connection, random.nextBoolean() ? "RELEASE s" : "ROLLBACK TO s");
                    }
                }
                if (random.nextInt(5) == 0) {
                    Sql.run(connection, "ROLLBACK");
                } else {
                    Sql.run(connection, "COMMIT");
                    committed.countDown();
                }
            }
        } catch (SQLException e) {
            // Two writers that wait for each other: this one's transaction is gone, and it goes on with another
            // connection.
            if (!"40P01".equals(e.getSQLState())) {
                throw e;
            }
            write(random, running, committed, synchronousCommit);
        }
    }

    private static String change(Random random) {
        int id = random.nextInt(KEYS);
        return switch (random.nextInt(3)) {
            case 0 -> "INSERT INTO t VALUES (" + id + ", 'new " + random.nextInt() + "') ON CONFLICT (id) DO NOTHING";
            case 1 -> "UPDATE t SET value = 'changed " + random.nextInt() + "' WHERE id = " + id;
            default -> "DELETE FROM t WHERE id = " + id;
        };
    }

    private static Map<Long, String> rows(Connection connection) throws SQLException {
        Map<Long, String> rows = new TreeMap<>();
        for (List<@Nullable String> row : Sql.rows(connection, "SELECT id, value FROM t")) {
            rows.put(Long.valueOf(String.valueOf(row.get(0))), String.valueOf(row.get(1)));
        }
        return rows;
    }

    private static List<Change> changes(String slot) throws SQLException {
        List<Change> changes = new ArrayList<>();
        PgOutputDecoder decoder = new PgOutputDecoder();
        int xid = 0;
        try (ReplicationStream stream = server.stream(slot).publication(slot).open()) {
            while (true) {
                ByteBuffer bytes = stream.readPending();
                if (bytes == null) {
                    continue;
                }
                Message message = decoder.decode(bytes);
                if (message instanceof Message.Begin begin) {
                    xid = begin.xid();
                } else if (message instanceof Message.Insert insert) {
                    if (insert.relation().table().equals("marker")) {
                        return changes;
                    }
                    changes.add(changed(xid, insert.after()));
                } else if (message instanceof Message.Update update) {
                    changes.add(changed(xid, update.after()));
                } else if (message instanceof Message.Delete delete) {
                    changes.add(new Change(xid, delete.before().wholeNumber(0), null));
                }
            }
        }
    }

    private static Change changed(int xid, Tuple after) {
        return new Change(xid, after.wholeNumber(0), after.text(1));
    }
}
