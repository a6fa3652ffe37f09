package dev.agentpulse.job.audit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Oracle;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an audit says of rows that a test writes in the place of the job. */
class SelfAuditITCase {

    private static final long BUDGET_MILLIS = 10_000;

    /** For statements that are to end, however slow the machine is. */
    private static final long LIMIT_MILLIS = 60_000;

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private Database database;
    private Connection connection;

    /** Queries of one hour that has ended, and their history; results are complete up to now. */
    @BeforeEach
    void makeHistory() throws SQLException {
        database = SERVER.newMigratedDatabase();
        database.makeHistoryPartitions("now() - interval '4 days'", "now()");
        connection = database.connect();
        Sql.run(
                connection,
                "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                        + " SELECT t, b, now() - interval '60 days' FROM unnest(ARRAY['agent_performance_history',"
                        + " 'approval_history', 'training_history']) t, unnest(ARRAY['1m', '15m', '1h', '1d']) b");
        insertQueries("date_trunc('hour', now()) - interval '3 hours'");
        catchUp();
        writeHistory();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void insertQueries(String hour) throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO agent_queries (agent, latency_ms, approved, created_at) SELECT 'it''s {a}', 100 + n, n % 2 = 0, "
                        + hour + " + n * interval '20 seconds' FROM generate_series(0, 29) n");
    }

    /** As the job has it when it has read everything. */
    private void writeHistory() throws SQLException {
        Sql.run(connection, """
                INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,
                    latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                    human_edited_count, max_latency_ms, p50_latency_ms, p95_latency_ms, p99_latency_ms, slow_query_count,
                    final, as_of, commit_lsn)
                SELECT agent, bucket, bucket_start, bucket_start + CASE bucket WHEN '1m' THEN interval '1 minute' WHEN '15m'
                    THEN interval '15 minutes' WHEN '1h' THEN interval '1 hour' ELSE interval '24 hours' END, query_count,
                    latency_count, latency_sum_ms, latencies, array_fill(1, ARRAY[cardinality(latencies)]), approved_count,
                    rejected_count, human_edited_count, max_latency_ms, p50_latency_ms, p95_latency_ms, p99_latency_ms,
                    slow_query_count, true, now(), '0/1' FROM (%s) AS o
                """.formatted(Oracle.query("agent_performance_history")));
    }

    /** The job has read all that was committed before. */
    private void catchUp() throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO agentpulse.pipeline_status (component, as_of, commit_lsn, tick)"
                        + " VALUES ('tick-writer', now(), pg_current_wal_insert_lsn() + 1000000, 1) ON CONFLICT (component)"
                        + " DO UPDATE SET as_of = excluded.as_of, commit_lsn = excluded.commit_lsn");
    }

    private JobConfig config(String... keysAndValues) {
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            options.setString(keysAndValues[i], keysAndValues[i + 1]);
        }
        return JobConfig.from(options);
    }

    private List<AuditResult> audit(JobConfig config, List<AuditUnit> again) throws Exception {
        try (Connection own = DatabaseSessions.open(config.capture(), "audit", SessionKind.READING)) {
            return new AuditRun(config, new Random(1), LIMIT_MILLIS).run(own, again, BUDGET_MILLIS);
        }
    }

    private List<AuditResult> audit() throws Exception {
        return audit(config(), List.of());
    }

    @Test
    void rightFiguresAreProven() throws Exception {
        List<AuditResult> results = audit();

        assertThat(results).isNotEmpty().allMatch(result -> Boolean.TRUE.equals(result.equal()));
        assertThat(results)
                .filteredOn(result -> result.table() == AuditedTable.AGENT_PERFORMANCE_HISTORY)
                .anyMatch(result -> result.figures() > 100);
    }

    @Test
    void changedFigureOfEachLengthIsFoundWithBothFigures() throws Exception {
        for (String bucket : List.of("1m", "15m", "1h")) {
            String row = "agentpulse.agent_performance_history WHERE bucket = '" + bucket
                    + "' AND bucket_start = (SELECT max(bucket_start) FROM agentpulse.agent_performance_history WHERE bucket = '"
                    + bucket + "')";
            String count =
                    Sql.rows(connection, "SELECT query_count FROM " + row).get(0);
            Sql.run(connection, "UPDATE " + row.replaceFirst(" WHERE", " SET query_count = query_count + 1 WHERE"));

            AuditResult wrong = audit().stream()
                    .filter(result -> Boolean.FALSE.equals(result.equal()))
                    .findFirst()
                    .orElseThrow();
            assertThat(wrong.wrong()).hasSize(1);
            assertThat(wrong.wrong().get(0).key()).contains("\"bucket\": \"" + bucket + "\"");
            assertThat(wrong.wrong().get(0).shouldBe()).contains("\"query_count\": " + count);
            assertThat(wrong.wrong().get(0).is()).contains("\"query_count\": " + (Long.parseLong(count) + 1));

            Sql.run(connection, "UPDATE " + row.replaceFirst(" WHERE", " SET query_count = query_count - 1 WHERE"));
            assertThat(audit(config(), List.of(requireNonNull(wrong.unit()))))
                    .as("it is looked at again and is right")
                    .anyMatch(result ->
                            requireNonNull(wrong.unit()).equals(result.unit()) && Boolean.TRUE.equals(result.equal()));
        }
    }

    @Test
    void missingRowAndOneTooManyAreFound() throws Exception {
        Sql.run(
                connection,
                "DELETE FROM agentpulse.agent_performance_history WHERE bucket = '15m'",
                "UPDATE agentpulse.agent_performance_history SET bucket_start = bucket_start + interval '40 minutes',"
                        + " bucket_end = bucket_end + interval '40 minutes' WHERE bucket = '1m' AND bucket_start ="
                        + " (SELECT min(bucket_start) FROM agentpulse.agent_performance_history WHERE bucket = '1m')");

        List<AuditResult.WrongRow> wrong = audit().stream()
                .flatMap(result -> result.wrong().stream())
                .distinct()
                .toList();

        assertThat(wrong).hasSize(3);
        assertThat(wrong).anyMatch(row -> row.key().contains("15m") && row.is().contains("\"query_count\": null"));
        assertThat(wrong)
                .anyMatch(row -> row.key().contains("1m") && row.shouldBe().contains("\"query_count\": null"));
    }

    @Test
    void changeThatTheJobHasNotReadYetIsWaitedForAndIsNoMismatch() throws Exception {
        Sql.run(connection, "UPDATE agent_queries SET approved = true WHERE id % 2 = 0");

        AuditResult result = whileAudited(() -> {
            Sql.run(connection, "DELETE FROM agentpulse.agent_performance_history");
            writeHistory();
        });

        assertThat(result.equal()).isTrue();
    }

    @Test
    void changeThatTheJobHasReadAndNotWrittenIsAMismatch() throws Exception {
        Sql.run(connection, "UPDATE agent_queries SET approved = true WHERE id % 2 = 0");

        assertThat(whileAudited(() -> {}).equal()).isFalse();
    }

    @Test
    void rowThatIsWrittenWheneverItIsLookedAtProvesNothing() throws Exception {
        Sql.run(connection, "UPDATE agent_queries SET approved = true WHERE id % 2 = 0");

        AuditResult result = whileAudited(
                () -> Sql.run(connection, "UPDATE agentpulse.agent_performance_history SET revision = revision + 1"));

        assertThat(result.equal()).isNull();
        assertThat(result.reason()).contains("were written whenever");
    }

    @Test
    void purgedRowsAreNoMismatch() throws Exception {
        insertQueries("date_trunc('hour', now()) - interval '3 days'");
        Sql.run(connection, "DELETE FROM agentpulse.agent_performance_history");
        writeHistory();
        assertThat(audit()).allMatch(result -> Boolean.TRUE.equals(result.equal()));

        // As the job counts it: one row of a minute, and of what is longer.
        Sql.run(
                connection,
                "UPDATE agentpulse.agent_performance_history SET purged_rows = 1 WHERE bucket_start <= (SELECT min(created_at)"
                        + " FROM agent_queries) AND bucket_end > (SELECT min(created_at) FROM agent_queries)",
                "DELETE FROM agent_queries WHERE created_at = (SELECT min(created_at) FROM agent_queries)");
        catchUp();
        assertThat(audit()).allMatch(result -> Boolean.TRUE.equals(result.equal()));

        // A dropped partition or a TRUNCATE is counted nowhere.
        Sql.run(connection, "DELETE FROM agent_queries WHERE created_at < now() - interval '2 days'");
        catchUp();
        assertThat(audit()).noneMatch(result -> Boolean.FALSE.equals(result.equal()));
        assertThat(audit()).anyMatch(result -> String.valueOf(result.reason()).contains("no longer holds"));
    }

    @Test
    void statementThatTakesTooLongProvesNothingAndFailsNothing() throws Exception {
        Sql.run(
                connection,
                "CREATE VIEW slow AS SELECT q.* FROM agent_queries AS q, LATERAL (SELECT pg_sleep(0.02 + q.id * 0)) AS s");

        AuditUnit unit = hour();
        JobConfig config = config("agentpulse.source.queries-table", "public.slow");
        try (Connection own = DatabaseSessions.open(config.capture(), "audit", SessionKind.READING)) {
            AuditRun.setUp(own, AuditRun.STATEMENT_MILLIS);
            AuditResult result = new SelfAudit(own, config).prove(unit);
            assertThat(result.equal()).isTrue();
            assertThat(result.key()).as("the minute can be compared in time").contains(" 1m ");

            Sql.run(
                    connection,
                    "CREATE OR REPLACE VIEW slow AS SELECT q.* FROM agent_queries AS q,"
                            + " LATERAL (SELECT pg_sleep(1 + q.id * 0)) AS s");
            result = new SelfAudit(own, config).prove(unit);
            assertThat(result.equal()).isNull();
            assertThat(result.reason()).contains("statement timeout");
        }
    }

    @Test
    void largeTableWithoutAnIndexIsLeftOutAndTheStatementIsNamed() throws Exception {
        Sql.run(connection, "DROP INDEX IF EXISTS agent_queries_created_at");
        for (String index : Sql.rows(
                connection,
                "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'agent_queries'::regclass AND NOT indisprimary")) {
            Sql.run(connection, "DROP INDEX " + index);
        }
        Sql.run(connection, "UPDATE pg_class SET reltuples = 200000 WHERE oid = 'agent_queries'::regclass");

        assertThat(audit())
                .filteredOn(result -> result.table() == AuditedTable.AGENT_PERFORMANCE_HISTORY)
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.equal()).isNull();
                    assertThat(result.reason())
                            .contains("CREATE INDEX CONCURRENTLY ON public.agent_queries (created_at)");
                });

        Sql.run(connection, "CREATE INDEX ON agent_queries (agent, created_at)");
        Sql.run(connection, "UPDATE pg_class SET reltuples = 200000 WHERE oid = 'agent_queries'::regclass");
        assertThat(audit())
                .filteredOn(result -> result.table() == AuditedTable.AGENT_PERFORMANCE_HISTORY)
                .allMatch(result -> Boolean.TRUE.equals(result.equal()));
    }

    private AuditUnit hour() throws SQLException {
        return AuditUnit.hour(
                AuditedTable.AGENT_PERFORMANCE_HISTORY,
                "it's {a}",
                Long.parseLong(Sql.rows(
                                connection,
                                "SELECT (extract(epoch FROM min(created_at)) * 1000000)::bigint FROM agent_queries")
                        .get(0)));
    }

    private interface Step {
        void run() throws SQLException;
    }

    /** Audits the hour; whenever the audit waits for the job, that does something and has read everything. */
    private AuditResult whileAudited(Step step) throws Exception {
        JobConfig config = config();
        try (Connection own = DatabaseSessions.open(config.capture(), "audit", SessionKind.READING)) {
            AuditRun.setUp(own, LIMIT_MILLIS);
            SelfAudit audit = new SelfAudit(own, config, lsn -> {
                step.run();
                catchUp();
                return true;
            });
            return audit.prove(hour());
        }
    }
}
