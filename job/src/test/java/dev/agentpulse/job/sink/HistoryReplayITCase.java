package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.history.HistoryLogic;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.job.tick.TickOperator;
import dev.agentpulse.proof.History;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * History of all three tables equals plain SQL, whatever changes of whatever age come, however the log is cut into ticks,
 * ticks are merged or put aside, and wherever the job is killed and reads a part of the log again. Operator and tick writer
 * are the real ones; the log is made here, and runs through days in seconds.
 */
class HistoryReplayITCase {

    private static final int TRANSACTIONS = 300;
    private static final int COMPARISONS = 3;
    private static final long LINEAGE = 7;

    /** Longer than an open row may be old. */
    private static final long QUIET_MICROS = 31_000_000;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Database database;
    private Connection reader;
    private Connection writing;
    private TickTransaction writer;
    private StagedRecords staged;
    private Random random;
    private KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> harness;

    private final List<HistoryLog.Transaction> log = new ArrayList<>();
    private BegunTick begun = new BegunTick();

    /** Closed and not written. */
    private @Nullable Tick closed;

    private long ticks;
    private long lastTickMicros = Long.MIN_VALUE;

    /** Of all ticks, also those before a kill. */
    private long latestMicros;

    // Where the reading stands, and where it stood at the checkpoint.
    private int readTransactions;
    private int readChanges;
    private @Nullable Checkpoint checkpoint;

    private record Checkpoint(
            OperatorSubtaskState state,
            List<BegunTick.Entry> begun,
            int transactions,
            int changes,
            long ticks,
            long lastTickMicros) {}

    @BeforeEach
    void connect() throws Exception {
        database = SERVER.newMigratedDatabase();
        reader = database.connect();
        writing = database.connect();
        writing.setAutoCommit(false);
        staged = new StagedRecords(writing, Set.of());
        writer = newWriter();
        harness = start(null, START);
        random = new Random(0);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
        writing.close();
        reader.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyBucketEqualsPlainSqlOverReplays(long seed) throws Exception {
        random = new Random(seed);
        HistoryLog made = new HistoryLog(seed, START, seed % 2 == 0);
        tick(START - 1);
        write();
        // The table was empty, so history is complete from before all that comes.
        Sql.run(reader, "UPDATE agentpulse.history_reach SET complete_from = '2020-01-01 00:00:00+00'");

        int openBuckets = 0;
        for (int comparison = 1; comparison <= COMPARISONS; comparison++) {
            for (int n = 0; n < TRANSACTIONS / COMPARISONS; n++) {
                log.add(made.next());
                read();
            }
            readAll();
            tick(made.timeMicros());
            // Rows of open buckets show everything after half a minute, those of the future once they have begun.
            tick(made.timeMicros() + QUIET_MICROS);
            write();
            made.writeCounted(reader);
            assertThat(History.differences(reader)).isEmpty();
            assertThat(openDifferences()).isEmpty();
            openBuckets += openBuckets();
            for (HistoryTable table : HistoryTable.values()) {
                String purged = String.valueOf(made.purged(table));
                assertThat(Sql.rows(
                                reader,
                                "SELECT sum(purged_rows) FROM agentpulse." + table.tableName() + " GROUP BY bucket"))
                        .containsExactly(purged, purged, purged, purged);
            }
            // Nothing of the log lies behind the last tick, so it goes on there.
            log.add(new HistoryLog.Transaction(made.timeMicros() + QUIET_MICROS, List.of()));
            readAll();
            made.skipTo(made.timeMicros() + QUIET_MICROS);
        }
        assertThat(Sql.rows(
                        reader,
                        "SELECT DISTINCT complete_from = '2020-01-01 00:00:00+00' FROM agentpulse.history_reach"))
                .as("history has not begun anew")
                .containsExactly("t");
        assertThat(openBuckets).isPositive();
        for (HistoryTable table : HistoryTable.values()) {
            assertThat(Sql.rows(
                            reader,
                            "SELECT count(*) FILTER (WHERE revision > 0) > 100, count(DISTINCT bucket) = 4 FROM agentpulse."
                                    + table.tableName()))
                    .as(table.tableName())
                    .containsExactly("t|t");
        }
    }

    /** Reads on, cuts a tick, writes, takes a checkpoint, or is killed, at random. */
    private void read() throws Exception {
        switch (random.nextInt(12)) {
            case 0 -> readSome();
            case 1 -> checkpoint();
            case 2 -> kill();
            case 3, 4 -> {
                readAll();
                write();
            }
            case 5, 6, 7, 8 -> {
                readAll();
                tick(time());
            }
            default -> readAll();
        }
    }

    /** Reads a part of a transaction. */
    private void readSome() throws Exception {
        if (readTransactions < log.size()) {
            HistoryLog.Transaction transaction = log.get(readTransactions);
            int until = random.nextInt(transaction.changes().size() + 1);
            while (readChanges < until) {
                change(transaction.changes().get(readChanges++));
            }
            if (random.nextBoolean()) {
                checkpoint();
            }
        }
    }

    private void readAll() throws Exception {
        while (readTransactions < log.size()) {
            HistoryLog.Transaction transaction = log.get(readTransactions);
            while (readChanges < transaction.changes().size()) {
                change(transaction.changes().get(readChanges++));
            }
            readTransactions++;
            readChanges = 0;
            if (random.nextInt(6) == 0) {
                tick(transaction.timeMicros());
            }
        }
    }

    private void change(HistoryChange change) throws Exception {
        harness.processElement(new StreamRecord<>(change, change.timeMicros()));
        collect();
    }

    private long time() {
        return readTransactions == 0 ? START - 1 : log.get(readTransactions - 1).timeMicros();
    }

    private void collect() throws SQLException {
        harness.extractOutputStreamRecords().forEach(record -> begun.add(record.getTimestamp(), record.getValue()));
        harness.getOutput().clear();
        if (random.nextInt(50) == 0) {
            stage(begun.takeForStaging());
        }
    }

    /** Puts parts of a large tick aside. */
    private void stage(List<BegunTick.Entry> entries) throws SQLException {
        if (!entries.isEmpty()) {
            staged.stage(LINEAGE, entries);
        }
    }

    private void tick(long asOfMicros) throws Exception {
        if (asOfMicros <= lastTickMicros) {
            return;
        }
        lastTickMicros = asOfMicros;
        latestMicros = Math.max(latestMicros, asOfMicros);
        harness.processWatermark(new Watermark(asOfMicros));
        collect();
        TableCounts none = TableCounts.ZERO;
        begun.add(
                asOfMicros,
                TickRecord.of(new TickProgress(asOfMicros, asOfMicros, ++ticks, LINEAGE, none, none, none, false)));
        BegunTick.Closed next = Objects.requireNonNull(begun.close(asOfMicros));
        stage(next.toStage());
        if (closed != null && !closed.canAppend(next.tick())) {
            write();
        }
        if (closed == null) {
            closed = next.tick();
        } else {
            closed.append(next.tick());
        }
        if (random.nextInt(3) == 0) {
            write();
        }
    }

    private void write() throws SQLException {
        if (closed != null) {
            writer.write(closed);
            staged.removeUntil(LINEAGE, Objects.requireNonNull(closed.progress).asOfMicros());
            closed = null;
        }
    }

    /** As a checkpoint does, it waits until all that is closed is written. */
    private void checkpoint() throws Exception {
        harness.prepareSnapshotPreBarrier(1);
        collect();
        write();
        checkpoint = new Checkpoint(
                harness.snapshot(1, 1), begun.entries(), readTransactions, readChanges, ticks, lastTickMicros);
    }

    /** Everything on the heap is gone; the log is read again from the checkpoint on. */
    private void kill() throws Exception {
        if (checkpoint == null) {
            return;
        }
        harness.close();
        closed = null;
        begun = new BegunTick();
        begun.restore(checkpoint.begun(), !staged.isEmpty());
        readTransactions = checkpoint.transactions();
        readChanges = checkpoint.changes();
        ticks = checkpoint.ticks();
        lastTickMicros = checkpoint.lastTickMicros();
        harness = start(checkpoint.state(), latestMicros);
        writer = newWriter();
    }

    private TickTransaction newWriter() throws SQLException {
        return Ticks.writer(writing, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false));
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> start(
            @Nullable OperatorSubtaskState state, long nowMicros) throws Exception {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(nowMicros / 1000 + 1), ZoneOffset.UTC);
        KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> started =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TickOperator<>(new HistoryLogic(SampleConfig.of().history(), clock)),
                        HistoryChange::key,
                        Types.STRING);
        started.setup();
        if (state != null) {
            started.initializeState(state);
        }
        started.open();
        return started;
    }

    private int openBuckets() throws SQLException {
        return Integer.parseInt(Sql.rows(reader, """
                        SELECT (SELECT count(*) FROM agentpulse.agent_performance_history WHERE NOT final)
                            + (SELECT count(*) FROM agentpulse.approval_history WHERE NOT final)
                            + (SELECT count(*) FROM agentpulse.training_history WHERE NOT final)""").get(0));
    }

    /** Buckets that have begun and not ended: their counts, which are too many or too few. */
    private List<String> openDifferences() throws SQLException {
        return Sql.rows(reader, """
                WITH shown AS (
                    SELECT h.agent, h.bucket, h.bucket_start, h.bucket_end, h.query_count AS one, h.latency_sum_ms AS two
                    FROM agentpulse.agent_performance_history AS h WHERE NOT h.final
                    UNION ALL
                    SELECT 'approvals', h.bucket, h.bucket_start, h.bucket_end, h.requested_count, h.decided_count
                    FROM agentpulse.approval_history AS h WHERE NOT h.final
                    UNION ALL
                    SELECT 'feedback', h.bucket, h.bucket_start, h.bucket_end, h.feedback_count, h.unsafe_count
                    FROM agentpulse.training_history AS h WHERE NOT h.final),
                happened AS (
                    SELECT agent, created_at AS at, 1 AS one, latency_ms AS two FROM public.agent_queries
                    UNION ALL
                    SELECT 'approvals', created_at, 1, 0 FROM public.agent_approvals
                    UNION ALL
                    SELECT 'approvals', updated_at, 0, 1 FROM public.agent_approvals WHERE status <> 'pending'
                    UNION ALL
                    SELECT 'feedback', created_at, 1, (NOT safe_to_send)::integer FROM public.agent_feedback),
                plain AS (
                    SELECT r.agent, r.bucket, r.bucket_start, r.bucket_end, coalesce(sum(h.one), 0) AS one,
                        coalesce(sum(h.two), 0) AS two
                    FROM shown AS r LEFT JOIN happened AS h
                        ON h.agent = r.agent AND h.at >= r.bucket_start AND h.at < r.bucket_end
                    GROUP BY r.agent, r.bucket, r.bucket_start, r.bucket_end)
                (TABLE shown EXCEPT TABLE plain) UNION ALL (TABLE plain EXCEPT TABLE shown)""");
    }
}
