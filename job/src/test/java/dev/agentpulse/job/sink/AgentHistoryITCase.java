package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.history.HistoryLogic;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryChange;
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
 * History equals plain SQL, whatever changes of whatever age come, however the log is cut into ticks, ticks are merged or
 * put aside, and wherever the job is killed and reads a part of the log again. Operator and tick writer are the real ones; the log is
 * made here, and runs through days in seconds.
 */
class AgentHistoryITCase {

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
        staged = new StagedRecords(writing);
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
            for (HistoryBucket length : HistoryBucket.values()) {
                assertThat(Sql.rows(
                                reader,
                                "SELECT sum(purged_rows) FROM agentpulse.agent_performance_history WHERE bucket = '"
                                        + length.text() + "'"))
                        .containsExactly(String.valueOf(made.purged()));
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
        assertThat(
                        Sql.rows(
                                reader,
                                "SELECT count(*) FILTER (WHERE revision > 0) > 100,"
                                        + " count(DISTINCT bucket) = 4, bool_or(NOT final) FROM agentpulse.agent_performance_history"))
                .containsExactly("t|t|t");
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
                TickRecord.of(new TickProgress(asOfMicros, asOfMicros, ++ticks, LINEAGE, none, none, none)));
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
        return Ticks.writer(writing, new NotificationConfig(10_000, 100, false));
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

    /** Buckets that have begun and not ended: their counts, which are too many or too few. */
    private List<String> openDifferences() throws SQLException {
        return Sql.rows(reader, """
                WITH shown AS (
                    SELECT h.agent, h.bucket, h.bucket_start, h.query_count, h.latency_sum_ms, h.approved_count
                    FROM agentpulse.agent_performance_history AS h WHERE NOT h.final),
                plain AS (
                    SELECT r.agent, r.bucket, r.bucket_start, count(q.id), coalesce(sum(q.latency_ms), 0),
                        count(*) FILTER (WHERE q.approved)
                    FROM shown AS r JOIN agentpulse.agent_performance_history AS h USING (agent, bucket, bucket_start)
                    LEFT JOIN public.agent_queries AS q ON q.agent = r.agent
                        AND q.created_at >= h.bucket_start AND q.created_at < h.bucket_end
                    GROUP BY r.agent, r.bucket, r.bucket_start)
                (TABLE shown EXCEPT TABLE plain) UNION ALL (TABLE plain EXCEPT TABLE shown)""");
    }
}
