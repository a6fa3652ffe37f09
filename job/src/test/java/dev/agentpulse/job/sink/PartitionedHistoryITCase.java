package dev.agentpulse.job.sink;

import static dev.agentpulse.job.sink.Ticks.LINEAGE;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.agentpulse.proof.Sql;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The writer has partitions made and dropped, and goes on whatever is missing or held. */
class PartitionedHistoryITCase {

    private static final long DAY = TimeUnit.DAYS.toMicros(1);
    private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);

    /** A midnight some days ago, so that each day has a partition of its own. */
    private final long midnight = HistoryBucket.DAY.startOf(Instant.now().getEpochSecond() * 1_000_000) - 20 * DAY;

    private final String minutes = "SELECT (extract(epoch FROM bucket_start) * 1000000)::bigint - " + midnight
            + ", query_count FROM agentpulse.agent_performance_history WHERE bucket = '1m' ORDER BY bucket_start";

    private final String partitions = "SELECT (extract(epoch FROM since) * 1000000)::bigint - " + midnight
            + " FROM agentpulse.history_partitions('agent_performance_history') WHERE bucket = '1m'"
            + " AND since < now() - interval '1 day' ORDER BY since";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Database database;
    private Connection owner;
    private Connection writing;
    private HistoryWriter history;
    private TickTransaction writer;

    @BeforeEach
    void begin() throws SQLException {
        database = SERVER.newMigratedDatabase();
        owner = database.connect();
        writing = database.connectInRole("agentpulse_writer");
        writing.setAutoCommit(false);
        JobConfig config = SampleConfig.of("agentpulse.history.backfill", "false");
        history = new HistoryWriter(writing, config.history(), config.alerts());
        writer =
                Ticks.writer(writing, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false), history);
        writer.write(tick(1, midnight, TickRecord.of(HistoryCorrection.begin())));
        writer.write(tick(
                2,
                midnight + 2 * DAY,
                minute(0),
                minute(DAY),
                minute(DAY + MINUTE),
                row(HistoryBucket.QUARTER, 0, 2),
                row(HistoryBucket.HOUR, 0, 2),
                row(HistoryBucket.DAY, 0, 2),
                row(HistoryBucket.QUARTER, DAY, 2),
                row(HistoryBucket.HOUR, DAY, 2),
                row(HistoryBucket.DAY, DAY, 2),
                correction(0, midnight + 2 * DAY)));
    }

    @AfterEach
    void close() throws SQLException {
        writing.close();
        owner.close();
    }

    @Test
    void makesWhatIsMissingBeforeItWrites() throws SQLException {
        assertThat(Sql.rows(owner, minutes)).containsExactly("0|2", DAY + "|1", DAY + MINUTE + "|1");
        assertThat(Sql.rows(owner, partitions)).containsExactly("0", "" + DAY);
    }

    @Test
    void makesAWeekAhead() throws SQLException {
        for (int i = 0; i < 100; i++) {
            history.partitions().makeAhead(midnight + 2 * DAY);
        }

        assertThat(Sql.rows(owner, partitions)).hasSize(10).endsWith("" + 9 * DAY);
        assertThat(Sql.rows(
                        owner,
                        "SELECT DISTINCT count(*) FILTER (WHERE since <= s AND until > s) FROM"
                                + " unnest(ARRAY['agent_performance_history', 'approval_history', 'training_history']) t,"
                                + " agentpulse.history_partitions(t) p, to_timestamp("
                                + (midnight + 9 * DAY) / 1_000_000
                                + ") s GROUP BY t, p.bucket"))
                .containsExactly("1");
        String before = Sql.rows(owner, "SELECT count(*) FROM pg_class").get(0);
        history.partitions().makeAhead(midnight + 2 * DAY);
        assertThat(Sql.rows(owner, "SELECT count(*) FROM pg_class")).containsExactly(before);
    }

    @Test
    void makesAPartitionAgainThatSomebodyDropped() throws SQLException {
        Sql.run(
                owner,
                "DO $$ BEGIN EXECUTE (SELECT format('DROP TABLE %s', partition) FROM"
                        + " agentpulse.history_partitions('agent_performance_history') WHERE bucket = '1m'"
                        + " AND since < now() - interval '1 day' ORDER BY since DESC LIMIT 1); END $$");

        writer.write(tick(3, midnight + 3 * DAY, correction(DAY + 2 * MINUTE, midnight + 3 * DAY)));

        assertThat(Sql.rows(owner, minutes)).containsExactly("0|2", DAY + 2 * MINUTE + "|1");
        assertThat(Sql.rows(owner, "SELECT count(*) FROM agentpulse.rejected_change"))
                .containsExactly("0");
    }

    @Test
    void aLateChangeMakesNoPartitionWhereHistoryIsNotComplete() throws SQLException {
        writer.write(tick(3, midnight + 2 * DAY + 1, correction(-300 * DAY, midnight + 2 * DAY + 1)));

        assertThat(Sql.rows(owner, partitions)).containsExactly("0", "" + DAY);
    }

    @Test
    void dropsDaysAsWholesAndCountsTheirRows() throws SQLException {
        long later = midnight + 8 * DAY;
        HistoryRetention retention = Ticks.retention(database, writing);

        assertThat(retention.dropPartitions(later, new RetentionLog(writing), 0))
                .isFalse();

        assertThat(Sql.rows(owner, partitions)).containsExactly("" + DAY);
        assertThat(Sql.rows(owner, minutes)).containsExactly(DAY + "|1", DAY + MINUTE + "|1");
        assertThat(Sql.rows(owner, "SELECT relation, runs, removed_rows FROM agentpulse.retention_run"))
                .containsExactly("agent_performance_history 1m|0|1");
        // No correction brings it back.
        writer.write(tick(3, later + 1, correction(0, later + 1), correction(DAY, later + 1)));
        assertThat(Sql.rows(owner, minutes)).containsExactly(DAY + "|2", DAY + MINUTE + "|1");
        assertThat(Sql.rows(owner, partitions)).containsExactly("" + DAY);
    }

    @Test
    void aPartitionThatIsReadGoesLaterAndTicksGoOn() throws SQLException {
        long later = midnight + 8 * DAY;
        HistoryRetention retention = Ticks.retention(database, writing);
        RetentionLog log = new RetentionLog(writing);
        try (Connection reader = database.connect()) {
            reader.setAutoCommit(false);
            assertThat(Sql.rows(reader, minutes)).hasSize(3);

            assertThat(retention.dropPartitions(later, log, 0)).isFalse();
            assertThat(retention.trim(later, log)).isFalse();
            log.write(0);
            writing.commit();
            log.committed();

            assertThat(Sql.rows(owner, partitions)).containsExactly("0", "" + DAY);
            writer.write(tick(3, later + 1, correction(DAY, later + 1)));
            assertThat(Sql.rows(owner, minutes)).containsExactly("0|2", DAY + "|2", DAY + MINUTE + "|1");
            reader.rollback();
        }
        assertThat(retention.dropPartitions(later, log, 0)).isFalse();
        assertThat(Sql.rows(owner, partitions)).containsExactly("" + DAY);
        assertThat(Sql.rows(
                        owner,
                        "SELECT runs, removed_rows FROM agentpulse.retention_run"
                                + " WHERE relation = 'agent_performance_history 1m'"))
                .containsExactly("1|1");
    }

    @Test
    void aTickThatIsRolledBackTakesItsPartitionsWithIt() throws SQLException {
        try (Connection holder = database.connect()) {
            holder.setAutoCommit(false);
            Sql.run(holder, "LOCK TABLE agentpulse.pipeline_status IN ACCESS EXCLUSIVE MODE");
            // The partition is made, and the status cannot be written.
            history.partitions().make(HistoryTable.AGENTS, HistoryBucket.MINUTE, midnight + 3 * DAY);
            assertThat(catchSqlState(tick(3, midnight + 3 * DAY, minute(3 * DAY))))
                    .isEqualTo("55P03");
            holder.rollback();
        }
        assertThat(Sql.rows(owner, partitions)).hasSize(2);

        writer.write(tick(3, midnight + 3 * DAY, minute(3 * DAY)));

        assertThat(Sql.rows(owner, minutes)).hasSize(4).endsWith(3 * DAY + "|1");
    }

    private String catchSqlState(Tick tick) throws SQLException {
        Sql.run(writing, "SET LOCAL lock_timeout = '50ms'");
        try {
            writer.write(tick);
            return "written";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    private static Tick tick(long number, long asOfMicros, TickRecord... records) {
        Tick tick = new Tick();
        List.of(records).forEach(tick::add);
        TableCounts none = TableCounts.ZERO;
        tick.add(TickRecord.of(new TickProgress(asOfMicros, asOfMicros, number, LINEAGE, none, none, none, false)));
        return tick;
    }

    private TickRecord minute(long sinceMidnightMicros) {
        return row(HistoryBucket.MINUTE, sinceMidnightMicros, 1);
    }

    private TickRecord row(HistoryBucket length, long sinceMidnightMicros, int queries) {
        long start = midnight + sinceMidnightMicros;
        return TickRecord.of(new HistoryRow(
                HistoryTable.AGENTS,
                "sales",
                length,
                start,
                start + length.lengthMicros(),
                HistoryParts.of(HistoryTable.AGENTS, queries(queries))));
    }

    private TickRecord correction(long sinceMidnightMicros, long timeMicros) {
        return TickRecord.of(new HistoryCorrection(
                HistoryCorrection.Kind.CORRECTION,
                HistoryTable.AGENTS,
                "sales",
                midnight + sinceMidnightMicros,
                1,
                timeMicros,
                HistoryCorrection.BEHIND_ALL_ROWS,
                0,
                HistoryParts.of(HistoryTable.AGENTS, queries(1))));
    }

    private static HistoryTotals queries(int number) {
        HistoryTotals totals = HistoryTable.AGENTS.newTotals();
        new QueryHistory(new QueryEvent(0, 7, true, false)).addTo(totals, number);
        return totals;
    }
}
