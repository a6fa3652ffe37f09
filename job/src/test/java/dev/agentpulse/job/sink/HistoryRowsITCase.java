package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.LINEAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
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
import dev.agentpulse.proof.Sql;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where history begins, what a new start leaves of it, and what is removed. */
class HistoryRowsITCase {

    private static final long HOUR = TimeUnit.HOURS.toMicros(1);
    private static final long DAY = TimeUnit.DAYS.toMicros(1);

    /** A noon, in the middle of what the tests look at. */
    private static final long NOON = HistoryBucket.DAY.startOf(START) + 12 * HOUR;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Database database;
    private Connection reader;
    private Connection writing;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
        reader = database.connect();
        writing = database.connectInRole("agentpulse_writer");
        writing.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        writing.close();
        reader.close();
    }

    @Test
    void beginsAnHourBackAndHoldsNoBucketInPart() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(
                LINEAGE,
                1,
                NOON,
                begin(),
                row(HistoryBucket.MINUTE, NOON - 61 * MINUTE, NOON),
                row(HistoryBucket.MINUTE, NOON - 58 * MINUTE, NOON),
                row(HistoryBucket.DAY, NOON - 12 * HOUR, NOON),
                correction(NOON - 70 * MINUTE, 2, NOON),
                correction(NOON - 30 * MINUTE, 3, NOON)));

        assertThat(rows("SELECT bucket, (extract(epoch FROM bucket_start) * 1000000)::bigint - " + NOON
                        + ", final, revision FROM agentpulse.agent_performance_history ORDER BY bucket, bucket_start"))
                .containsExactly(
                        "15m|" + -30 * MINUTE + "|t|1", "1m|" + -58 * MINUTE + "|t|0", "1m|" + -30 * MINUTE + "|t|1");
    }

    @Test
    void aNewStartKeepsWhatWasFinalAndCorrectsItNoMore() throws SQLException {
        TickTransaction first = writer();
        first.write(tick(LINEAGE, 1, NOON, begin()));
        first.write(tick(
                LINEAGE,
                2,
                NOON + 90 * MINUTE,
                row(HistoryBucket.MINUTE, NOON, NOON + MINUTE),
                row(HistoryBucket.HOUR, NOON, NOON + HOUR),
                row(HistoryBucket.HOUR, NOON + HOUR, NOON + 90 * MINUTE),
                row(HistoryBucket.MINUTE, NOON + 89 * MINUTE, NOON + 90 * MINUTE)));

        TickTransaction second = writer();
        second.write(tick(LINEAGE + 1, 1, NOON + 2 * HOUR, begin()));
        second.write(tick(LINEAGE + 1, 2, NOON + 3 * HOUR, correction(NOON, 4, NOON + 150 * MINUTE)));

        assertThat(rows("SELECT bucket, (extract(epoch FROM bucket_start) * 1000000)::bigint - " + NOON
                        + ", query_count, revision FROM agentpulse.agent_performance_history"
                        + " ORDER BY bucket, bucket_start"))
                .as("the open hour is gone, and so is the minute that is written again")
                .containsExactly("1h|0|1|0", "1m|0|1|0");
    }

    @Test
    void aPurgedRowIsCountedAndNoCorrection() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(LINEAGE, 1, NOON, begin()));
        writer.write(tick(LINEAGE, 2, NOON + HOUR, row(HistoryBucket.MINUTE, NOON, NOON + MINUTE)));
        HistoryTotals purged = HistoryTable.AGENTS.newTotals();
        purged.addPurged();
        writer.write(tick(LINEAGE, 3, NOON + 2 * DAY, correction(NOON, 1, NOON + 2 * DAY, purged)));

        assertThat(rows("SELECT query_count, purged_rows, revision, corrected_at, p95_latency_ms"
                        + " FROM agentpulse.agent_performance_history"))
                .containsExactly("1|1|0|null|7");
    }

    @Test
    void whatIsOlderThanItIsKeptGoesAndNoCorrectionBringsItBack() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(LINEAGE, 1, NOON, begin()));
        writer.write(tick(
                LINEAGE,
                2,
                NOON + DAY + HOUR,
                row(HistoryBucket.MINUTE, NOON, NOON + MINUTE),
                row(HistoryBucket.MINUTE, NOON + DAY, NOON + DAY + MINUTE),
                row(HistoryBucket.QUARTER, NOON, NOON + 15 * MINUTE),
                row(HistoryBucket.HOUR, NOON, NOON + HOUR)));
        HistoryRetention retention = Ticks.retention(database, writing);
        // Minutes are kept by whole days.
        long later = NOON + 8 * DAY;

        assertThat(retention.dropPartitions(later, new RetentionLog(writing), 0))
                .isFalse();
        assertThat(retention.trim(later, new RetentionLog(writing))).isFalse();
        writing.commit();
        writer.write(tick(LINEAGE, 3, later + 1, correction(NOON, 2, later + 1), correction(NOON + DAY, 2, later + 1)));

        assertThat(rows("SELECT bucket, (extract(epoch FROM bucket_start) * 1000000)::bigint - " + NOON
                        + ", query_count FROM agentpulse.agent_performance_history WHERE bucket IN ('1m', '1h')"
                        + " ORDER BY bucket, bucket_start"))
                .containsExactly("1h|0|1", "1m|" + DAY + "|2");
    }

    @Test
    void aReplayWithOtherTicksAddsNothingTwice() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(LINEAGE, 1, NOON, begin()));
        writer.write(tick(
                LINEAGE,
                2,
                NOON + HOUR,
                row(HistoryBucket.MINUTE, NOON, NOON + MINUTE),
                correction(NOON, 1, NOON + 10 * MINUTE),
                correction(NOON, 1, NOON + 20 * MINUTE)));

        writer.write(tick(
                LINEAGE,
                2,
                NOON + 2 * HOUR,
                row(HistoryBucket.MINUTE, NOON, NOON + MINUTE),
                correction(NOON, 1, NOON + 20 * MINUTE),
                correction(NOON, 1, NOON + 90 * MINUTE)));

        assertThat(rows("SELECT query_count, latency_counts FROM agentpulse.agent_performance_history"
                        + " WHERE bucket = '1m'"))
                .containsExactly("4|{4}");
    }

    @Test
    void aReplayOfTheFirstTickBeginsHistoryNoSecondTime() throws SQLException {
        String reach = "SELECT bucket, complete_from FROM agentpulse.history_reach ORDER BY history_table, bucket";
        TickTransaction writer = writer();
        writer.write(tick(LINEAGE, 1, NOON, begin()));
        writer.write(tick(LINEAGE, 2, NOON + HOUR, row(HistoryBucket.HOUR, NOON, NOON + 30 * MINUTE)));
        List<String> begun = rows(reach);

        assertThat(writer().write(tick(LINEAGE, 1, NOON + MINUTE, begin()))).isFalse();

        assertThat(rows(reach)).isEqualTo(begun);
        assertThat(rows("SELECT bucket, final FROM agentpulse.agent_performance_history"))
                .containsExactly("1h|f");
    }

    private TickTransaction writer() throws SQLException {
        return Ticks.writer(writing, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false));
    }

    private static Tick tick(long lineage, long number, long asOfMicros, TickRecord... records) {
        Tick tick = new Tick();
        List.of(records).forEach(tick::add);
        TableCounts none = TableCounts.ZERO;
        tick.add(TickRecord.of(new TickProgress(asOfMicros, asOfMicros, number, lineage, none, none, none, false)));
        return tick;
    }

    private static TickRecord begin() {
        return TickRecord.of(HistoryCorrection.begin());
    }

    /** With one query. */
    private static TickRecord row(HistoryBucket bucket, long startMicros, long asOfMicros) {
        return TickRecord.of(new HistoryRow(
                HistoryTable.AGENTS,
                "sales",
                bucket,
                startMicros,
                asOfMicros,
                HistoryParts.of(HistoryTable.AGENTS, oneQuery())));
    }

    /** One query more. */
    private static TickRecord correction(long minuteMicros, int ended, long timeMicros) {
        return correction(minuteMicros, ended, timeMicros, oneQuery());
    }

    private static TickRecord correction(long minuteMicros, int ended, long timeMicros, HistoryTotals parts) {
        return TickRecord.of(new HistoryCorrection(
                HistoryCorrection.Kind.CORRECTION,
                HistoryTable.AGENTS,
                "sales",
                minuteMicros,
                ended,
                timeMicros,
                HistoryCorrection.BEHIND_ALL_ROWS,
                0,
                HistoryParts.of(HistoryTable.AGENTS, parts)));
    }

    private static HistoryTotals oneQuery() {
        HistoryTotals totals = HistoryTable.AGENTS.newTotals();
        new QueryHistory(new QueryEvent(0, 7, true, false)).addTo(totals, 1);
        return totals;
    }

    private List<String> rows(String query) throws SQLException {
        return Sql.rows(reader, query);
    }
}
