package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of a user with odd names, enums that do not know every word, domains, and times without a zone. */
class UserTypesITCase {

    private static final String QUERIES = "\"Odd. \"\"Schema\"\"\".\"Agent Queries\"";
    private static final String APPROVALS = "\"Odd. \"\"Schema\"\"\".\"Agent.Approvals\"";
    private static final String FEEDBACK = "\"Odd. \"\"Schema\"\"\".\"Föedback\"";

    private static final String READ =
            "SELECT count(*) > 0 AND bool_and(state = 'done') FROM agentpulse.history_progress";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(strings = {"'pending', 'approved'", "'approved', 'rejected'"})
    void resultsEqualPlainSql(String statuses) throws Exception {
        String status = statuses.substring(0, statuses.indexOf(','));
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            createUserTables(connection, statuses);
            database.migrate(
                    "postgres",
                    Map.of(
                            "create_source_tables", "false",
                            "queries_table", QUERIES,
                            "approvals_table", APPROVALS,
                            "feedback_table", FEEDBACK));
            // For the oracle, under the names and by the times that it has.
            Sql.run(
                    connection,
                    "SET TimeZone = 'UTC'",
                    "CREATE VIEW public.agent_queries AS TABLE " + QUERIES,
                    "CREATE VIEW public.agent_approvals AS TABLE " + APPROVALS,
                    "CREATE VIEW public.agent_feedback AS TABLE " + FEEDBACK);
            fill(connection, status, "4 minutes", 1);
            fill(connection, status, "9 hours", 101);
            try (Pipeline pipeline = CLUSTER.pipeline(database)
                    .with(JobOptions.QUERIES_TABLE, QUERIES)
                    .with(JobOptions.APPROVALS_TABLE, APPROVALS)
                    .with(JobOptions.FEEDBACK_TABLE, FEEDBACK)
                    .with(JobOptions.AUDIT_INTERVAL, Duration.ofMillis(500))
                    .startAndCatchUp()) {
                assertThat(Results.differences(connection))
                        .as("what the start read")
                        .isEmpty();

                fill(connection, status, "1 second", 201);
                Sql.run(
                        connection,
                        "UPDATE " + APPROVALS + " SET status = 'approved', updated_at = now() WHERE id % 3 = 0",
                        "UPDATE " + QUERIES + " SET agent = 'buyer' WHERE id % 7 = 0",
                        "DELETE FROM " + FEEDBACK + " WHERE id % 5 = 0",
                        "DELETE FROM " + APPROVALS + " WHERE id % 11 = 0");
                Await.until("history is read", () -> Sql.rows(connection, READ).equals(List.of("t")));
                pipeline.awaitComplete();

                assertThat(Results.differences(connection)).isEmpty();
                Await.until("the self-audit has compared every table", () -> Sql.rows(
                                connection, "SELECT DISTINCT scope FROM agentpulse.audit_result WHERE equal")
                        .containsAll(List.of(
                                "agent_performance",
                                "approval_queue",
                                "approval_activity",
                                "approval_history",
                                "training_quality",
                                "annotator_activity")));
                assertThat(Sql.rows(connection, "SELECT scope, key FROM agentpulse.audit_result WHERE NOT equal"))
                        .isEmpty();
                assertThat(Sql.rows(connection, "SELECT problem FROM agentpulse.history_progress WHERE problem <> ''"))
                        .isEmpty();
                assertThat(pipeline.lastFailure()).isEmpty();
            }
        }
    }

    private static void createUserTables(Connection connection, String statuses) throws Exception {
        String schema = QUERIES.substring(0, QUERIES.lastIndexOf("."));
        String times = "created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now())";
        Sql.run(
                connection,
                "CREATE SCHEMA " + schema,
                "CREATE TYPE public.state AS ENUM (" + statuses + ")",
                "CREATE DOMAIN public.known_state AS public.state",
                "CREATE TYPE public.agent_name AS ENUM ('seller', 'buyer')",
                "CREATE TYPE public.label AS ENUM ('good', 'bad')",
                "CREATE DOMAIN public.person AS varchar(80) CHECK (VALUE <> '')",
                "CREATE DOMAIN public.millis AS numeric(12, 2)",
                "CREATE TABLE " + QUERIES + " (created_at timestamp DEFAULT now(), agent public.agent_name, latency_ms"
                        + " public.millis, conversation_id uuid, query varchar(200), id int PRIMARY KEY, approved bool,"
                        + " human_edited bool)",
                "CREATE TABLE " + APPROVALS + " (id int PRIMARY KEY, status public.known_state, conversation_id uuid,"
                        + " approved_by public.person, " + times,
                "CREATE TABLE " + FEEDBACK + " (id int PRIMARY KEY, annotator public.person, conversation_id uuid,"
                        + " safe_to_send bool, labels public.label[], rubric json, " + times);
    }

    private static void fill(Connection connection, String status, String age, int firstId) throws Exception {
        String rows = ", now() - interval '" + age + "' * (1 + n % 3) FROM generate_series(" + firstId + ", "
                + (firstId + 20) + ") n";
        String uuid = "('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid";
        Sql.run(
                connection,
                "INSERT INTO " + QUERIES + " (id, conversation_id, latency_ms, approved, agent, created_at) SELECT n, "
                        + uuid + ", n * 7, n % 2 = 0, 'seller'" + rows,
                "INSERT INTO " + APPROVALS + " (id, conversation_id, status, created_at) SELECT n, " + uuid + ", "
                        + status + rows,
                "INSERT INTO " + FEEDBACK
                        + " (id, conversation_id, annotator, safe_to_send, labels, rubric, created_at)"
                        + " SELECT n, " + uuid + ", 'dana', n % 4 > 0, '{good,bad}', '{\"clarity\": 3, \"tone\": 4.5}'"
                        + rows);
    }
}
