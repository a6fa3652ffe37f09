package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Shorter buckets go only where longer ones that are kept hold what was in them. */
class HeldHistoryITCase {

    private static final long DAY_MICROS = TimeUnit.DAYS.toMicros(1);
    private static final String TABLE = "agentpulse.agent_performance_history";
    private static final String COUNT =
            "SELECT bucket, sum(query_count) FROM " + TABLE + " GROUP BY bucket ORDER BY bucket";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    /** The first day that rows are of. */
    private final Instant monday = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(60, ChronoUnit.DAYS);

    private Database database;
    private Connection owner;
    private Connection writing;

    /** Three days of two agents: of each day five minutes in each of two quarters. */
    @BeforeEach
    void begin() throws SQLException {
        database = SERVER.newMigratedDatabase();
        database.makeHistoryPartitions("now() - interval '62 days'", "now() - interval '56 days'");
        owner = database.connect();
        writing = database.connectInRole("agentpulse_writer");
        writing.setAutoCommit(false);
        Sql.run(
                owner,
                "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                        + " SELECT 'agent_performance_history', b, timestamptz '" + monday + "'"
                        + " FROM unnest(ARRAY['1m', '15m', '1h', '1d']) b",
                "INSERT INTO " + TABLE + " (agent, bucket, bucket_start, bucket_end, query_count, latency_count,"
                        + " latency_sum_ms, latency_values, latency_counts, approved_count,"
                        + " rejected_count, human_edited_count, slow_query_count, final, as_of,"
                        + " commit_lsn) SELECT agent, b, start, start + length, count(*), count(*), 7 *"
                        + " count(*), '{7}', ARRAY[count(*)], count(*), 0, 0, 0, true, now(), '0/1'"
                        + " FROM unnest(ARRAY['sales', 'it''s']) agent, (VALUES ('1m', interval '1"
                        + " minute'), ('15m', '15 minutes'), ('1h', '1 hour'), ('1d', '24 hours')) AS l"
                        + " (b, length), generate_series(0, 2) AS day, generate_series(0, 9) AS minute,"
                        + " LATERAL (SELECT date_bin(length,"
                        + " timestamptz"
                        + " '" + monday + "' + day * interval '24 hours'"
                        + " + minute * interval '3 minutes' + interval '10 hours', '0001-01-01Z') AS start) AS t"
                        + " GROUP BY 1, 2, 3, 4");
    }

    @AfterEach
    void close() throws SQLException {
        writing.close();
        owner.close();
    }

    /** As the job does, until there is nothing more to be removed; after a restart, so that what is held is looked at. */
    private void remove(int daysLater, String... options) throws SQLException {
        long asOf = TimeUnit.SECONDS.toMicros(monday.getEpochSecond()) + daysLater * DAY_MICROS;
        HistoryRetention retention = Ticks.retention(database, writing, options);
        RetentionLog log = new RetentionLog(writing);
        boolean more = true;
        // What is held is written down once a minute.
        for (long now = 0; more; now += TimeUnit.MINUTES.toMillis(2)) {
            more = retention.dropPartitions(asOf, log, now);
            more |= retention.trim(asOf, log);
            log.write(now + TimeUnit.MINUTES.toMillis(1));
            writing.commit();
            log.committed();
        }
    }

    private List<String> held() throws SQLException {
        return Sql.rows(
                owner,
                "SELECT relation, held FROM agentpulse.retention_state WHERE held IS NOT NULL ORDER BY relation");
    }

    @Test
    void whatLongerBucketsHoldGoes() throws SQLException {
        remove(9);

        assertThat(Sql.rows(owner, COUNT)).containsExactly("15m|60", "1d|60", "1h|60", "1m|20");
        remove(32);
        assertThat(Sql.rows(owner, COUNT)).containsExactly("15m|20", "1d|60", "1h|20");
        assertThat(held()).isEmpty();
        assertThat(Sql.rows(
                        owner,
                        "SELECT bucket, complete_from = '" + monday + "'::timestamptz + interval '48 hours'"
                                + " FROM agentpulse.history_reach WHERE bucket <> '1d' ORDER BY bucket"))
                .containsExactly("15m|t", "1h|t", "1m|f");
    }

    @Test
    void nothingGoesWhileItIsCompared() throws SQLException {
        String keptFrom = monday.plus(Duration.ofDays(2)).toString();
        Deque<Runnable> begun = new ArrayDeque<>();
        HistoryReach reach = new HistoryReach(
                writing, new HistoryComparison(() -> database.connectInRole("agentpulse_writer"), begun::add));

        assertThat(reach.moveOn(HistoryTable.AGENTS, HistoryBucket.MINUTE, keptFrom))
                .isFalse();
        assertThat(reach.moveOn(HistoryTable.AGENTS, HistoryBucket.MINUTE, keptFrom))
                .isFalse();
        assertThat(begun).as("asked once").hasSize(1);
        assertThat(reach.heldBack(HistoryTable.AGENTS, HistoryBucket.MINUTE)).isNull();
        begun.remove().run();

        assertThat(reach.moveOn(HistoryTable.AGENTS, HistoryBucket.MINUTE, keptFrom))
                .isTrue();
    }

    @Test
    void whatCannotBeComparedIsHeldBack() throws SQLException {
        String keptFrom = monday.plus(Duration.ofDays(2)).toString();
        HistoryComparison comparison = new HistoryComparison(
                () -> {
                    throw new SQLException("too many clients");
                },
                Runnable::run);
        HistoryReach reach = new HistoryReach(writing, comparison);

        assertThat(reach.moveOn(HistoryTable.AGENTS, HistoryBucket.MINUTE, keptFrom))
                .isFalse();
        assertThat(reach.heldBack(HistoryTable.AGENTS, HistoryBucket.MINUTE))
                .contains("cannot be compared", "too many clients");
    }

    @Test
    void whatIsMissingIsHeldBackAndReportedAndGoesWhenItIsMended() throws SQLException {
        String second =
                "bucket = '15m' AND agent = 'sales' AND bucket_start > '" + monday + "'::timestamptz + interval '1 day'"
                        + " AND bucket_start < '" + monday + "'::timestamptz + interval '2 days'";
        Sql.run(
                owner,
                "CREATE TABLE kept AS SELECT * FROM " + TABLE + " WHERE " + second,
                "DELETE FROM " + TABLE + " WHERE " + second);

        remove(20);

        assertThat(Sql.rows(owner, COUNT)).as("the first day is gone").contains("1m|40");
        assertThat(held())
                .singleElement()
                .asString()
                .startsWith("agent_performance_history 1m|2 longer buckets are missing")
                .contains("15m", "sales");
        for (String wrong : List.of("final = false", "query_count = query_count + 1", "latency_sum_ms = 6")) {
            Sql.run(
                    owner,
                    "DELETE FROM " + TABLE + " WHERE " + second,
                    insertKept(),
                    "UPDATE " + TABLE + " SET " + wrong + " WHERE " + second);
            remove(20);
            assertThat(Sql.rows(owner, COUNT)).as(wrong).contains("1m|40");
        }

        Sql.run(owner, "DELETE FROM " + TABLE + " WHERE " + second, insertKept());
        remove(20);
        assertThat(Sql.rows(owner, COUNT)).containsExactly("15m|60", "1d|60", "1h|60");
        assertThat(held()).isEmpty();
    }

    @Test
    void rowsThatGoOneByOneAreHeldBackLikewise() throws SQLException {
        Sql.run(owner, "UPDATE " + TABLE + " SET query_count = 0 WHERE bucket = '1d' AND agent = 'sales'");

        remove(40);

        assertThat(Sql.rows(owner, COUNT)).contains("15m|60", "1h|60", "1m|60");
        assertThat(held()).hasSize(3);
    }

    @Test
    void longerBucketsThatAreNotKeptOrNotCompleteHoldNothingBack() throws SQLException {
        Sql.run(
                owner,
                "DELETE FROM " + TABLE + " WHERE bucket IN ('1h', '1d')",
                "UPDATE agentpulse.history_reach SET complete_from = complete_from + interval '30 days'"
                        + " WHERE bucket IN ('1h', '1d')");

        remove(20, "agentpulse.retention.history-15m", "7 d");

        assertThat(Sql.rows(owner, COUNT)).isEmpty();
        assertThat(held()).isEmpty();
    }

    @Test
    void somebodyWhoGivesADayUpMovesTheReachOn() throws SQLException {
        Sql.run(owner, "DELETE FROM " + TABLE + " WHERE bucket = '15m'");
        remove(20);
        assertThat(Sql.rows(owner, COUNT)).contains("1m|60");

        Sql.run(
                owner,
                "UPDATE agentpulse.history_reach SET complete_from = complete_from + interval '72 hours'"
                        + " WHERE history_table = 'agent_performance_history' AND bucket = '1m'");
        remove(20);
        assertThat(Sql.rows(owner, COUNT)).containsExactly("1d|60", "1h|60");
    }

    private static String insertKept() {
        return "INSERT INTO " + TABLE + " (agent, bucket, bucket_start, bucket_end, query_count, latency_count,"
                + " latency_sum_ms, latency_values, latency_counts, approved_count,"
                + " rejected_count, human_edited_count, slow_query_count, final, as_of,"
                + " commit_lsn) SELECT agent, bucket, bucket_start, bucket_end, query_count,"
                + " latency_count, latency_sum_ms, latency_values, latency_counts,"
                + " approved_count, rejected_count, human_edited_count, slow_query_count, final,"
                + " as_of, commit_lsn FROM kept";
    }
}
