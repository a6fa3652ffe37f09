package dev.agentpulse.job.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Oracle;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many runs an audit takes to compare the windows of many agents, some of which have been quiet for days. */
class ManySubjectsAuditITCase {

    private static final int AGENTS = 150;

    /** The statement that compares all is one of those that take long. */
    private static final long BUDGET_MILLIS = 20_000;

    /** For statements that are to end, however slow the machine is. */
    private static final long LIMIT_MILLIS = 60_000;

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private Database database;
    private Connection connection;

    /** Agents with queries within the last hour, every tenth with its last ones days ago; results as the oracle has them. */
    @BeforeEach
    void makeWindows() throws SQLException {
        database = SERVER.newMigratedDatabase();
        connection = database.connect();
        Sql.run(
                connection,
                "CREATE INDEX ON agent_queries (created_at)",
                "INSERT INTO agent_queries (agent, latency_ms, approved, created_at) SELECT 'it''s {%s} ' || a, a + n,"
                        + " n % 2 = 0, now() - n * interval '70 s' - CASE WHEN a % 10 = 0 THEN a * interval '2 hours'"
                        + " ELSE interval '0' END FROM generate_series(1, " + AGENTS + ") a, generate_series(0, 19) n",
                "INSERT INTO agentpulse.agent_performance (agent, window_name, window_start, window_end, query_count,"
                        + " slow_query_count, approved_count, rejected_count, unreviewed_count, human_edited_count) SELECT"
                        + " agent, name, last - length, last, 0, 0, 0, 0, 0, 0 FROM (SELECT agent, max(created_at) AS last"
                        + " FROM agent_queries GROUP BY agent) a, (VALUES ('1m', interval '1 minute'), ('5m', '5"
                        + " minutes'), ('1h', '1 hour')) AS w (name, length)",
                "INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m, last_query_at)"
                        + " SELECT DISTINCT agent, 'idle', now(), 0, now() FROM agent_queries",
                "INSERT INTO agent_feedback (annotator, safe_to_send, rubric, created_at) SELECT 'ann ' || a, a % 3 ="
                        + " 0, '{\"tone\": 4}', now() - a * interval '10 s' FROM generate_series(1, 50) a",
                "INSERT INTO agentpulse.annotator_activity (annotator, window_name, window_start, window_end,"
                        + " feedback_count, safe_count, unsafe_count) SELECT DISTINCT annotator, '1h',"
                        + " now() - interval '1 hour', now(), 0, 0, 0 FROM agent_feedback");
        write("agent_performance", "agent, window_name");
        write("agent_health", "agent");
        write("annotator_activity", "annotator, window_name");
        catchUp();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void write(String table, String key) throws SQLException {
        List<String> columns = Sql.columns(connection, Oracle.query(table)).stream()
                .filter(column -> !List.of(key.split(", ")).contains(column))
                .toList();
        Sql.run(
                connection,
                "UPDATE agentpulse." + table + " AS r SET "
                        + columns.stream()
                                .map(column -> column + " = o." + column)
                                .collect(Collectors.joining(", "))
                        + " FROM (" + Oracle.query(table) + ") AS o WHERE "
                        + List.of(key.split(", ")).stream()
                                .map(column -> "o." + column + " = r." + column)
                                .collect(Collectors.joining(" AND ")));
    }

    private void catchUp() throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO agentpulse.pipeline_status (component, as_of, commit_lsn, tick) VALUES ('tick-writer',"
                        + " now(), pg_current_wal_insert_lsn() + 1000000, 1) ON CONFLICT (component) DO UPDATE SET as_of ="
                        + " excluded.as_of, commit_lsn = excluded.commit_lsn");
    }

    private JobConfig config() {
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        return JobConfig.from(options);
    }

    private List<AuditResult> run(AuditRun run, long budgetMillis) throws Exception {
        try (Connection own = DatabaseSessions.open(config().capture(), "audit", SessionKind.READING)) {
            return run.run(own, List.of(), budgetMillis);
        }
    }

    private static List<String> wrong(List<AuditResult> results) {
        return results.stream()
                .flatMap(result -> result.wrong().stream().map(row -> result.table() + " " + row.subject()))
                .toList();
    }

    @Test
    void oneRunComparesAllRowsAndFindsTheFigureThatWasChanged() throws Exception {
        AuditRun run = new AuditRun(config(), new Random(1), LIMIT_MILLIS);
        Random random = new Random(7);

        List<AuditResult> all = run(run, BUDGET_MILLIS);

        assertThat(all).allMatch(result -> Boolean.TRUE.equals(result.equal()));
        for (AuditedTable table : List.of(AuditedTable.AGENT_PERFORMANCE, AuditedTable.AGENT_HEALTH)) {
            assertThat(all.stream()
                            .filter(result -> result.table() == table)
                            .flatMap(result -> result.each().stream())
                            .map(result -> Objects.requireNonNull(
                                    Objects.requireNonNull(result.unit()).subject())))
                    .as("each agent once in " + table)
                    .hasSize(AGENTS)
                    .doesNotHaveDuplicates();
        }
        for (int time = 0; time < 5; time++) {
            String agent = "it's {%s} " + (1 + random.nextInt(AGENTS));
            String row = "agentpulse.agent_performance SET approved_count = approved_count %s WHERE agent = $$" + agent
                    + "$$ AND window_name = '" + List.of("1m", "5m", "1h").get(random.nextInt(3)) + "'";
            Sql.run(connection, "UPDATE " + row.replace("count %s", "count + 1"));

            assertThat(wrong(run(run, BUDGET_MILLIS)))
                    .as("run after the change")
                    .containsExactly("AGENT_PERFORMANCE " + agent);

            Sql.run(connection, "UPDATE " + row.replace("count %s", "count - 1"));
        }
        Sql.run(
                connection,
                "UPDATE agentpulse.agent_health SET health_status = 'degraded' WHERE agent LIKE '% 77'",
                "UPDATE agentpulse.annotator_activity SET avg_overall = 3.99 WHERE annotator = 'ann 33'");
        assertThat(wrong(run(run, BUDGET_MILLIS)))
                .containsExactlyInAnyOrder("AGENT_HEALTH it's {%s} 77", "ANNOTATOR_ACTIVITY ann 33");
    }

    @Test
    void whatHasNoTimeInARunComesFirstInTheNext() throws Exception {
        AuditRun run = new AuditRun(config(), new Random(1));
        Sql.run(
                connection,
                "UPDATE agentpulse.agent_performance SET query_count = 99 WHERE agent LIKE '% 77' AND window_name ="
                        + " '1m'",
                "UPDATE agentpulse.agent_health SET avg_latency_ms_1m = 99 WHERE agent LIKE '% 78'",
                "UPDATE agentpulse.annotator_activity SET safe_count = 99 WHERE annotator = 'ann 33'");
        Set<String> found = new HashSet<>();
        // No time at all: one statement of these a run, and not of the same table each time. On a slow machine fewer at
        // once.
        for (int runs = 0; runs < 30 && found.size() < 3; runs++) {
            found.addAll(wrong(run(run, 0)));
        }
        assertThat(found)
                .containsExactlyInAnyOrder(
                        "AGENT_PERFORMANCE it's {%s} 77", "AGENT_HEALTH it's {%s} 78", "ANNOTATOR_ACTIVITY ann 33");
    }

    @Test
    void rowsOfManyAreJudgedEachByItself() throws Exception {
        Sql.run(
                connection,
                "UPDATE agentpulse.agent_performance SET query_count = 99 WHERE window_name = '1h' AND agent ~ '"
                        + " [123]$'");
        List<String> names = new ArrayList<>();
        for (int agent = 1; agent <= 4; agent++) {
            names.add("it's {%s} " + agent);
        }
        List<AuditResult> results;
        try (Connection own = DatabaseSessions.open(config().capture(), "audit", SessionKind.READING)) {
            AuditRun.setUp(own, LIMIT_MILLIS);
            SelfAudit audit = new SelfAudit(own, config(), lsn -> {
                // The job writes what it had not read, and one row again and again.
                Sql.run(
                        connection,
                        "UPDATE agentpulse.agent_performance SET query_count = 98 WHERE window_name = '1h'"
                                + " AND agent ~ ' 2$'");
                Sql.run(
                        connection,
                        "UPDATE agentpulse.agent_performance SET query_count = 20 WHERE window_name = '1h'"
                                + " AND agent ~ ' 1$'");
                catchUp();
                return true;
            });
            results = Objects.requireNonNull(audit.prove(new Subjects(AuditedTable.AGENT_PERFORMANCE, names), 10_000));
        }

        assertThat(results)
                .extracting(AuditResult::key, AuditResult::equal)
                .containsExactlyInAnyOrder(
                        tuple(names.get(0), true),
                        tuple(names.get(1), null),
                        tuple(names.get(2), false),
                        tuple(names.get(3), true));
    }

    @Test
    void statementsThatTakeTooLongCompareFewerAtOnce() throws Exception {
        Sql.run(
                connection,
                "CREATE VIEW slow AS SELECT q.* FROM agent_queries AS q, LATERAL (SELECT pg_sleep(0.001 + q.id * 0))"
                        + " AS s");
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        options.setString("agentpulse.source.queries-table", "public.slow");
        JobConfig config = JobConfig.from(options);
        try (Connection own = DatabaseSessions.open(config.capture(), "audit", SessionKind.READING)) {
            AuditRun.setUp(own, LIMIT_MILLIS);
            SubjectStream stream = new SubjectStream(AuditedTable.AGENT_PERFORMANCE);
            SelfAudit audit = new SelfAudit(own, config);
            Subjects many = Objects.requireNonNull(stream.next(own));

            assertThat(audit.prove(many, 500)).isNull();

            stream.tookTooLong(many, audit.spentMillis());
            Subjects fewer = Objects.requireNonNull(stream.next(own));
            assertThat(fewer.names())
                    .hasSize(many.names().size() / 2)
                    .isEqualTo(many.names().subList(0, many.names().size() / 2));
            assertThat(audit.prove(new Subjects(many.table(), fewer.names().subList(0, 2)), 500))
                    .allMatch(result -> Boolean.TRUE.equals(result.equal()));
        }
    }
}
