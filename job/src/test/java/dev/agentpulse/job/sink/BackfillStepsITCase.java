package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.LINEAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.backfill.HistorySeam;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import dev.agentpulse.proof.Sql;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The day of the first start: its morning is read from the table, its afternoon comes by the stream. */
class BackfillStepsITCase {

    private static final long HOUR = HistoryBucket.HOUR.lengthMicros();
    private static final long MIDNIGHT = HistoryBucket.DAY.startOf(START);
    private static final long NOON = MIDNIGHT + 12 * HOUR;

    private static final Set<HistoryTable> OTHERS = Set.of(HistoryTable.APPROVALS, HistoryTable.TRAINING);

    /** Sees transactions before 50. */
    private static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("50:50:");

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final String ROWS = "SELECT count(*) FROM agentpulse.agent_performance_history";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private final JobConfig config = SampleConfig.of("agentpulse.history.backfill", "true");
    private Connection reader;
    private Connection writing;
    private Connection past;
    private HistoryWriter history;
    private TickTransaction writer;
    private BackfillSteps steps;
    private TickProgress last;
    private long ticks;

    @BeforeEach
    void start() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        reader = database.connect();
        writing = database.connectInRole("agentpulse_writer");
        writing.setAutoCommit(false);
        past = database.connectInRole("agentpulse_writer");
        past.setAutoCommit(false);
        newWriter();
        tick(NOON + 30 * MINUTE, TickRecord.of(HistoryCorrection.begin()));
    }

    private void newWriter() throws SQLException {
        history = new HistoryWriter(writing, config.history(), config.alerts());
        writer =
                Ticks.writer(writing, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false), history);
        steps = new BackfillSteps(writing, config.history(), history);
    }

    @AfterEach
    void close() throws SQLException {
        past.close();
        writing.close();
        reader.close();
    }

    @Test
    void theFirstDayIsTheSumOfWhatWasReadAndWhatCame() throws Exception {
        readMorning();
        // What is read grows older: the day before is still to be read.
        assertThat(begin().untilMicros()).isEqualTo(MIDNIGHT);
        tick(
                NOON + 2 * HOUR,
                row(HistoryBucket.HOUR, NOON, NOON + 2 * HOUR),
                row(HistoryBucket.DAY, MIDNIGHT, NOON + 2 * HOUR),
                correction(MIDNIGHT + HOUR, 3, NOON + 2 * HOUR, 49),
                correction(MIDNIGHT + HOUR, 3, NOON + 2 * HOUR, 50));
        assertThat(rows("1d")).as("not before it has ended").isEmpty();

        tick(MIDNIGHT + 24 * HOUR + 1, row(HistoryBucket.DAY, MIDNIGHT, MIDNIGHT + 24 * HOUR + 1));
        assertThat(rows("1d")).isEmpty();
        steps.sumUpFirstDay(last);
        assertThat(rows("1d")).containsExactly("3|{7}|{3}|7|t|0");

        tick(MIDNIGHT + 25 * HOUR, correction(MIDNIGHT + HOUR, 4, MIDNIGHT + 25 * HOUR, 60));
        assertThat(rows("1d")).containsExactly("4|{7}|{4}|7|t|1");
        assertThat(rows("1h")).containsExactly("3|{7}|{3}|7|t|2", "1|{7}|{1}|7|t|0");
    }

    @Test
    void whoLostTheRangeWritesNothingMore() throws SQLException {
        BackfillSteps.Begun lost = begin();
        BackfillSteps.Begun begun = begin();
        assertThat(begun.attempt()).isEqualTo(2);

        assertThatThrownBy(() -> write(lost)).hasMessageContaining("another job");
        assertThat(steps.end(done(lost), last)).isFalse();
        assertThat(Sql.rows(reader, ROWS)).containsExactly("0");
    }

    @Test
    void aWriterThatIsBehindAnotherTakesNothingIn() throws SQLException {
        BackfillSteps.Begun begun = begin();
        TickProgress behind = last;
        tick(NOON + 40 * MINUTE);

        assertThatThrownBy(() -> steps.end(done(begun), behind)).hasMessageContaining("another writer");
    }

    @Test
    @Timeout(60)
    void readingIsOneTransactionAheadOfWriting() throws Exception {
        BackfillSteps.Begun begun = begin();
        try (PastHistory rows = rows(begun)) {
            holdTheRange();
            write(rows, 0);
            FutureTask<Integer> more = new FutureTask<>(() -> write(rows, RowWriter.STATEMENT_ROWS));
            Thread reading = new Thread(more);
            reading.start();
            while (reading.getState() != Thread.State.WAITING) {
                assertThat(more).isNotDone();
                LockSupport.parkNanos(POLL_NANOS);
            }
            reader.setAutoCommit(true);
            assertThat(more.get()).isEqualTo(2 * RowWriter.STATEMENT_ROWS);
            rows.flush();
        }
        assertThat(Sql.rows(reader, ROWS)).containsExactly(Integer.toString(2 * RowWriter.STATEMENT_ROWS));
    }

    @Test
    void whatIsBeingWrittenWhenReadingFailsIsGivenUp() throws Exception {
        BackfillSteps.Begun begun = begin();
        try (PastHistory rows = rows(begun)) {
            holdTheRange();
            write(rows, 0);
        }
        reader.setAutoCommit(true);

        assertThat(begin().attempt()).isEqualTo(2);
        assertThat(Sql.rows(reader, ROWS)).containsExactly("0");
    }

    private BackfillSteps.Begun begin() throws SQLException {
        return steps.begin(last, OTHERS).orElseThrow();
    }

    private void readMorning() throws SQLException, InterruptedException {
        BackfillSteps.Begun begun = begin();
        assertThat(begun.untilMicros()).isEqualTo(NOON);
        write(begun);
        assertThat(steps.end(done(begun), last)).isTrue();
        assertThat(Sql.rows(
                        reader,
                        "SELECT DISTINCT (extract(epoch FROM complete_from) * 1000000)::bigint - " + MIDNIGHT
                                + " FROM agentpulse.history_reach"
                                + " WHERE history_table = 'agent_performance_history'"))
                .containsExactly("0");
    }

    private void write(BackfillSteps.Begun begun) throws SQLException, InterruptedException {
        try (PastHistory rows = rows(begun)) {
            rows.write(Objects.requireNonNull(
                    row(HistoryBucket.HOUR, MIDNIGHT + HOUR, NOON).history()));
            rows.flush();
        }
    }

    private PastHistory rows(BackfillSteps.Begun begun) throws SQLException {
        PastHistory rows = new PastHistory(past, config.history(), config.alerts(), begun);
        rows.remove(MIDNIGHT);
        return rows;
    }

    /** Writes as many rows as a transaction takes; answers which agent is the next. */
    private static int write(PastHistory rows, int firstAgent) throws SQLException, InterruptedException {
        int agent = firstAgent;
        for (; agent < firstAgent + RowWriter.STATEMENT_ROWS; agent++) {
            rows.write(new HistoryRow(
                    HistoryTable.AGENTS,
                    "agent-" + agent,
                    HistoryBucket.HOUR,
                    MIDNIGHT,
                    NOON,
                    HistoryParts.of(HistoryTable.AGENTS, oneQuery())));
        }
        return agent;
    }

    /** Until the reader commits nothing of the range can be written. */
    private void holdTheRange() throws SQLException {
        reader.setAutoCommit(false);
        Sql.run(reader, "SELECT FROM agentpulse.history_progress FOR UPDATE");
    }

    private static BackfillSteps.Done done(BackfillSteps.Begun begun) {
        return new BackfillSteps.Done(
                begun, new HistorySeam.Range(MIDNIGHT, NOON, SNAPSHOT, Long.MAX_VALUE), null, 1, 0, false);
    }

    private void tick(long asOfMicros, TickRecord... records) throws SQLException {
        Tick tick = new Tick();
        List.of(records).forEach(tick::add);
        TableCounts none = TableCounts.ZERO;
        last = new TickProgress(asOfMicros, asOfMicros, ++ticks, LINEAGE, none, none, none, false);
        tick.add(TickRecord.of(last));
        assertThat(writer.write(tick)).isTrue();
    }

    private List<String> rows(String bucket) throws SQLException {
        return Sql.rows(
                reader,
                "SELECT query_count, latency_values, latency_counts, p95_latency_ms, final, revision"
                        + " FROM agentpulse.agent_performance_history WHERE bucket = '" + bucket
                        + "' ORDER BY bucket_start");
    }

    private static TickRecord row(HistoryBucket bucket, long startMicros, long asOfMicros) {
        return TickRecord.of(new HistoryRow(
                HistoryTable.AGENTS,
                "sales",
                bucket,
                startMicros,
                asOfMicros,
                HistoryParts.of(HistoryTable.AGENTS, oneQuery())));
    }

    private static TickRecord correction(long minuteMicros, int ended, long timeMicros, int transactionId) {
        return TickRecord.of(new HistoryCorrection(
                HistoryCorrection.Kind.CORRECTION,
                HistoryTable.AGENTS,
                "sales",
                minuteMicros,
                ended,
                timeMicros,
                HistoryCorrection.BEHIND_ALL_ROWS,
                transactionId,
                HistoryParts.of(HistoryTable.AGENTS, oneQuery())));
    }

    private static HistoryTotals oneQuery() {
        HistoryTotals totals = HistoryTable.AGENTS.newTotals();
        new QueryHistory(new QueryEvent(0, 7, true, false)).addTo(totals, 1);
        return totals;
    }
}
