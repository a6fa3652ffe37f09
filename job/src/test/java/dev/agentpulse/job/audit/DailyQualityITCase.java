package dev.agentpulse.job.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the daily checks say of rows that were made for them: every check passes on good rows and fails on bad ones. */
class DailyQualityITCase {

    private static final LocalDate DAY = LocalDate.parse("2026-03-10");

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private Database database;
    private Connection connection;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
        database.makeHistoryPartitions("timestamptz '2026-03-09 00:00Z'", "timestamptz '2026-03-10 00:00Z'");
        connection = database.connect();
        // A good day, and rows around it that are none of its business.
        Sql.run(
                connection,
                "INSERT INTO agent_queries (id, conversation_id, agent, query, latency_ms, approved, created_at)"
                        + " SELECT n, 'c' || n, 'agent ' || n % 5, 'q' || n, 1 + n, true,"
                        + " '2026-03-10 00:00:00+00'::timestamptz + n * interval '2 min' FROM generate_series(0, 719) n",
                "INSERT INTO agent_queries (id, agent, latency_ms, created_at) VALUES"
                        + " (9001, '', 0, '2026-03-09 23:59:59.999999+00'), (9002, '', 0, '2026-03-11 00:00:00+00')",
                "INSERT INTO agent_approvals (id, conversation_id, status, approved_by, created_at, updated_at)"
                        + " SELECT n, 'c' || n, 'approved', 'dana', '2026-03-10 08:00:00+00', '2026-03-10 08:01:00+00'"
                        + " FROM generate_series(1, 10) n",
                "INSERT INTO agent_feedback (id, conversation_id, safe_to_send, annotator, rubric, created_at)"
                        + " SELECT n, 'c' || n, true, 'eli', '{\"clarity\": 1, \"accuracy\": 5, \"tone\": 3.5}',"
                        + " '2026-03-10 09:00:00+00' FROM generate_series(1, 10) n");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void everyCheckPassesOnGoodRows() throws SQLException {
        for (SourceTable table : SourceTable.values()) {
            assertThat(check(table, ""))
                    .as(table.label())
                    .hasSizeGreaterThan(4)
                    .allMatch(check -> check.status() == DailyQuality.Status.OK);
        }
    }

    @Test
    void everyCheckOfQueriesFindsItsBadRow() throws SQLException {
        Map<String, String> bad = new TreeMap<>();
        bad.put(
                "conversation_id_missing_pct",
                "UPDATE agent_queries SET conversation_id = NULL WHERE id BETWEEN 1 AND 60");
        bad.put("latency_missing_pct", "UPDATE agent_queries SET latency_ms = NULL WHERE id BETWEEN 1 AND 60");
        bad.put("agent_blank", "UPDATE agent_queries SET agent = '  ' WHERE id = 3");
        bad.put("latency_zero_pct", "UPDATE agent_queries SET latency_ms = 0 WHERE id BETWEEN 1 AND 60");
        bad.put("latency_over_10_min", "UPDATE agent_queries SET latency_ms = 600001 WHERE id = 3");
        bad.put("rejected_changes", ledger("agent_queries", "negative_latency"));
        bad.put("future_timestamps", ledger("agent_queries", "future_timestamp"));
        bad.put(
                "repeated_within_5_s_pct",
                "INSERT INTO agent_queries (id, conversation_id, agent, query, latency_ms, created_at) SELECT id + 10000, conversation_id, agent,"
                        + " query, 5, created_at + interval '5 s' FROM agent_queries WHERE id BETWEEN 1 AND 60");
        bad.put("agent_names_alike", "UPDATE agent_queries SET agent = 'AGENT 1 ' WHERE id = 3");
        bad.put(
                "hours_without_rows",
                "DELETE FROM agent_queries WHERE created_at >= '2026-03-10 05:00+00' AND created_at < '2026-03-10 06:00+00'");
        bad.put(
                "agents_gone_silent",
                "INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,"
                        + " latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,"
                        + " human_edited_count, slow_query_count, final, as_of, commit_lsn) SELECT a, '1d', '2026-03-09 00:00+00',"
                        + " '2026-03-10 00:00+00', 100, 0, 0, '{}', '{}', 0, 0, 0, 0, true, now(), '0/1'"
                        + " FROM unnest(ARRAY['gone', 'agent 1']) AS a");
        assertEachIsFound(SourceTable.QUERIES, bad);
    }

    @Test
    void everyCheckOfApprovalsFindsItsBadRow() throws SQLException {
        Map<String, String> bad = new TreeMap<>();
        bad.put("conversation_id_missing_pct", "UPDATE agent_approvals SET conversation_id = NULL WHERE id = 3");
        bad.put("approved_by_missing_pct", "UPDATE agent_approvals SET approved_by = ' ' WHERE id = 3");
        bad.put("rejected_changes", ledger("agent_approvals", "unknown_status"));
        bad.put(
                "decided_before_created",
                "UPDATE agent_approvals SET updated_at = created_at - interval '1 s' WHERE id = 3");
        bad.put("undecided_after_the_day", "UPDATE agent_approvals SET status = 'pending' WHERE id = 3");
        bad.put("illegal_transitions", ledger("agent_approvals", "illegal_transition"));
        bad.put("query_unknown_pct", "UPDATE agent_approvals SET conversation_id = 'x' WHERE id < 4");
        assertEachIsFound(SourceTable.APPROVALS, bad);
    }

    @Test
    void everyCheckOfFeedbackFindsItsBadRow() throws SQLException {
        Map<String, String> bad = new TreeMap<>();
        bad.put("annotator_missing_pct", "UPDATE agent_feedback SET annotator = NULL WHERE id = 3");
        bad.put("rubric_incomplete_pct", "UPDATE agent_feedback SET rubric = rubric - 'tone' WHERE id < 4");
        bad.put("rubric_outside_1_to_5", "UPDATE agent_feedback SET rubric = rubric || '{\"tone\": 5.1}' WHERE id = 3");
        bad.put("rejected_changes", ledger("agent_feedback", "unusable_rubric"));
        bad.put("query_unknown_pct", "UPDATE agent_feedback SET conversation_id = 'x' WHERE id < 4");
        bad.put("approved_but_unsafe", "UPDATE agent_feedback SET safe_to_send = false WHERE id = 3");
        bad.put("conversation_id_missing_pct", "UPDATE agent_feedback SET conversation_id = NULL WHERE id = 3");
        bad.put(
                "annotators_disagree_pct",
                "INSERT INTO agent_feedback (id, conversation_id, safe_to_send, annotator, created_at)"
                        + " SELECT 100 + n, 'c' || n, n > 3, 'fay', '2026-03-04 09:00+00' FROM generate_series(1, 10) n");
        bad.put("annotators_kappa_below_1", disagreement(30));
        assertEachIsFound(SourceTable.FEEDBACK, bad);
    }

    @Test
    void failingCheckIsWorseThanAWarningAndSamplesAreFive() throws SQLException {
        DailyQuality.Check check = check(SourceTable.QUERIES, "UPDATE agent_queries SET latency_ms = 0").stream()
                .filter(one -> one.name().equals("latency_zero_pct"))
                .findFirst()
                .orElseThrow();

        assertThat(check.status()).isEqualTo(DailyQuality.Status.FAILED);
        assertThat(check.value()).isEqualByComparingTo("100");
        assertThat(check.threshold()).isEqualByComparingTo("20");
        assertThat(check.sample()).isEqualTo("[\"0\", \"1\", \"10\", \"100\", \"101\"]");
    }

    @Test
    void tableThatCannotBeCheckedSaysSo() throws SQLException {
        assertThat(check(SourceTable.FEEDBACK, "ALTER TABLE agent_feedback DROP COLUMN rubric"))
                .singleElement()
                .satisfies(check -> assertThat(check.status()).isEqualTo(DailyQuality.Status.WARNING));
    }

    @Test
    void dayThatTakesMoreTemporaryFilesThanASessionMayHaveSaysSo() throws SQLException {
        String many =
                "INSERT INTO agent_queries (id, conversation_id, agent, query, latency_ms, created_at) SELECT 20000 + n,"
                        + " 'c' || n, 'agent 1', repeat(md5(n::text), 9), 5, '2026-03-10 10:00+00'::timestamptz + n * interval '1 ms'"
                        + " FROM generate_series(1, 20000) n";
        String little = "SET LOCAL work_mem = '64kB'; SET LOCAL temp_file_limit = '64kB'";
        assertThat(check(SourceTable.QUERIES, many)).hasSizeGreaterThan(1);
        assertThat(check(SourceTable.QUERIES, many + "; " + little))
                .singleElement()
                .satisfies(check -> assertThat(check.status()).isEqualTo(DailyQuality.Status.WARNING));
    }

    /** So many conversations of which two annotators say the opposite. */
    private static String disagreement(int conversations) {
        return "INSERT INTO agent_feedback (id, conversation_id, safe_to_send, annotator, created_at) SELECT 100 + n, 'k' || n / 2,"
                + " n % 2 = n / 2 % 2, CASE n % 2 WHEN 0 THEN 'eli' ELSE 'fay' END, '2026-03-10 09:00+00'"
                + " FROM generate_series(0, " + (2 * conversations - 1) + ") n";
    }

    @Test
    void noteOnARowThatIsUsedIsNoRejectedChange() throws SQLException {
        for (String reason : List.of("illegal_transition", "future_timestamp")) {
            assertThat(check(SourceTable.APPROVALS, ledger("agent_approvals", reason)))
                    .filteredOn(check -> check.name().equals("rejected_changes"))
                    .singleElement()
                    .satisfies(check -> assertThat(check.value()).isZero());
        }
    }

    @Test
    void kappaOfTheDayIsOneWhereAllAgreeAndSaysNothingOfFewPairs() throws SQLException {
        assertThat(kappaBelowOne(disagreement(19))).isNull();
        // Always the opposite: kappa is -1.
        assertThat(kappaBelowOne(disagreement(30))).isEqualByComparingTo("2");
        assertThat(kappaBelowOne(
                        disagreement(30) + "; UPDATE agent_feedback SET safe_to_send = conversation_id > 'k2'"))
                .isZero();
    }

    private @Nullable BigDecimal kappaBelowOne(String statement) throws SQLException {
        return check(SourceTable.FEEDBACK, statement).stream()
                .filter(check -> check.name().equals("annotators_kappa_below_1"))
                .findFirst()
                .orElseThrow()
                .value();
    }

    /** Each pair of the newest verdicts by itself, and kappa as it is defined. */
    @Test
    void annotatorsAgreeAsOftenAsTheirPairsSay() throws SQLException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO agent_feedback (id, conversation_id, safe_to_send, annotator, created_at)"
                        + " VALUES (?, ?, ?, ?, '2026-03-01 00:00+00'::timestamptz + ? * interval '1 min')")) {
            for (int id = 100; id < 1000; id++) {
                int annotator = random.nextInt(6);
                insert.setInt(1, id);
                insert.setString(2, random.nextInt(20) == 0 ? null : "c" + random.nextInt(150));
                // The last one says the same of all, so kappa has no value among those who do as well.
                insert.setObject(
                        3, random.nextInt(10) == 0 ? null : annotator == 5 || random.nextInt(3) > 0, Types.BOOLEAN);
                insert.setString(4, annotator == 0 ? null : "annotator " + annotator);
                insert.setInt(5, random.nextInt(10 * 1440));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        Sql.run(
                connection,
                "INSERT INTO agent_feedback (id, conversation_id, safe_to_send, annotator, created_at) VALUES"
                        + " (2001, 'only', true, 'fay', '2026-03-05 00:00+00'), (2002, 'only', true, 'gus', '2026-03-05 00:00+00'),"
                        + " (2003, 'alone', true, 'hal', '2026-03-05 00:00+00'),"
                        + " (2004, 'c1', true, 'too late', '2026-03-12 00:00+00')");
        List<String> naive = Sql.rows(connection, """
                WITH newest AS (
                    SELECT conversation_id, annotator, safe_to_send AS safe FROM agent_feedback f
                     WHERE created_at < '2026-03-11 12:00+00' AND annotator IS NOT NULL AND safe_to_send IS NOT NULL
                       AND NOT EXISTS (SELECT FROM agent_feedback g WHERE g.conversation_id = f.conversation_id
                             AND g.annotator = f.annotator AND g.safe_to_send IS NOT NULL
                             AND g.created_at < '2026-03-11 12:00+00' AND (g.created_at, g.id) > (f.created_at, f.id))
                ), pair AS (
                    SELECT a.annotator, a.safe AS mine, b.safe AS other FROM newest a JOIN newest b
                        ON b.conversation_id = a.conversation_id AND b.annotator <> a.annotator
                ), share AS (
                    SELECT annotator, count(*) AS n, count(*) FILTER (WHERE mine = other) AS agreed,
                           avg((mine = other)::int) AS observed, avg(mine::int) AS mine, avg(other::int) AS other
                      FROM pair GROUP BY annotator
                )
                SELECT annotator, n, agreed, round(100 * observed, 2),
                       round((observed - mine * other - (1 - mine) * (1 - other))
                           / nullif(round(1 - mine * other - (1 - mine) * (1 - other), 12), 0), 4)
                  FROM share ORDER BY n DESC, annotator""");

        assertThat(agreement().stream()
                        .map(row -> row.annotator() + "|" + row.compared() + "|" + row.agreed() + "|"
                                + row.agreementPct().toPlainString() + "|"
                                + (row.kappa() == null ? null : row.kappa().toPlainString()))
                        .toList())
                .hasSize(8)
                .isEqualTo(naive);
    }

    private List<AnnotatorAgreement.Row> agreement() throws SQLException {
        JobConfig config = config();
        try (Connection own = DatabaseSessions.open(config.capture(), "agreement", SessionKind.READING)) {
            own.setAutoCommit(false);
            long asOf = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2026-03-11T12:00:00Z"));
            return Objects.requireNonNull(new AnnotatorAgreement(config.source()).compare(own, asOf));
        }
    }

    private static String ledger(String table, String reason) {
        return "INSERT INTO agentpulse.rejected_change (event_key, source_table, row_key, reason, change, rejected_at) VALUES ('k', '"
                + table + "', '7', '" + reason + "', '{}', '2026-03-10 12:00:00+00')";
    }

    /** That each statement is found by its check, and that no other check of the table is named so. */
    private void assertEachIsFound(SourceTable table, Map<String, String> bad) throws SQLException {
        Set<String> names =
                check(table, "").stream().map(DailyQuality.Check::name).collect(Collectors.toSet());
        assertThat(bad.keySet()).isEqualTo(names);
        for (Map.Entry<String, String> one : bad.entrySet()) {
            assertThat(check(table, one.getValue()))
                    .as(one.getKey())
                    .filteredOn(check -> check.name().equals(one.getKey()))
                    .singleElement()
                    .satisfies(check -> assertThat(check.status()).isNotEqualTo(DailyQuality.Status.OK));
        }
    }

    /** What is said after a statement, which is taken back. */
    private List<DailyQuality.Check> check(SourceTable table, String statement) throws SQLException {
        JobConfig config = config();
        try (Connection own = DatabaseSessions.open(config.capture(), "quality", SessionKind.READING)) {
            own.setAutoCommit(false);
            if (!statement.isEmpty()) {
                Sql.run(own, "SET LOCAL search_path = public", statement, "SET LOCAL search_path = pg_catalog");
            }
            return new DailyQuality(config.source()).check(own, new DailyQuality.Task(table, DAY));
        }
    }

    private JobConfig config() {
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        return JobConfig.from(options);
    }
}
