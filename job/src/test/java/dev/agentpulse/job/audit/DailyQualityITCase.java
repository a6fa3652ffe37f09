package dev.agentpulse.job.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
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
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        JobConfig config = JobConfig.from(options);
        try (Connection own = DatabaseSessions.open(config.capture(), "quality", SessionKind.READING)) {
            own.setAutoCommit(false);
            if (!statement.isEmpty()) {
                Sql.run(own, "SET LOCAL search_path = public", statement, "SET LOCAL search_path = pg_catalog");
            }
            return new DailyQuality(config.source()).check(own, new DailyQuality.Task(table, DAY));
        }
    }
}
