package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nothing that a table can hold, and nothing odd that is done to the database, stops or restarts the job: what cannot be
 * used is in the ledger, and the ordinary rows behind it are in the results. What is tried is listed by kind in {@link
 * PoisonValues} and {@link PoisonElsewhere}.
 */
class PoisonITCase {

    private static final int AT_LEAST = 200;
    private static final int COMPARED_EVERY = 40;

    private static final String ORDINARY_COUNT =
            "SELECT query_count FROM agentpulse.agent_performance WHERE agent = 'ordinary' AND window_name = '1h'";

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("max_prepared_transactions", "2"));

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void nothingThatIsDoneWhileItRunsStopsIt() throws Exception {
        List<Poison> poisons = Stream.concat(PoisonValues.all().stream(), PoisonElsewhere.all().stream())
                .toList();
        assertThat(poisons).hasSizeGreaterThan(AT_LEAST);
        Database database = newDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        // How complete results are is asked behind each.
                        .with(JobOptions.HEARTBEAT_INTERVAL, Duration.ofMillis(50))
                        .with(JobOptions.STATUS_INTERVAL, Duration.ofMillis(20))
                        .startAndCatchUp()) {
            List<String> ledger = new ArrayList<>();
            for (int n = 1; n <= poisons.size(); n++) {
                Poison poison = poisons.get(n - 1);
                give(connection, poison);
                if (poison.reason() != null) {
                    ledger.add(poison.table() + "|" + poison.reason());
                }
                writeOrdinaryRows(connection, n);
                pipeline.awaitComplete();

                assertThat(Sql.rows(connection, ORDINARY_COUNT))
                        .as("ordinary queries behind %s", poison.kind())
                        .containsExactly(Integer.toString(n));
                if (n % COMPARED_EVERY == 0 || n == poisons.size()) {
                    assertThat(Results.differences(connection))
                            .as("behind %s", poison.kind())
                            .isEmpty();
                    assertThat(pipeline.lastFailure())
                            .as("why the job was restarted")
                            .isEmpty();
                }
            }
            assertLedgerHolds(connection, ledger);

            Sql.run(
                    connection,
                    "DELETE FROM agent_queries",
                    "DELETE FROM agent_approvals",
                    "DELETE FROM agent_feedback");
            pipeline.awaitComplete();
            assertThat(Results.differences(connection))
                    .as("behind the end of all rows")
                    .isEmpty();
            assertThat(pipeline.lastFailure()).isEmpty();
        }
    }

    @Test
    void nothingThatIsThereWhenItStartsStopsIt() throws Exception {
        Database database = newDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)) {
            for (Poison poison : Stream.concat(PoisonElsewhere.all().stream(), PoisonValues.all().stream())
                    .filter(Poison::lasting)
                    .toList()) {
                give(connection, poison);
            }
            writeOrdinaryRows(connection, 1);
            pipeline.startAndCatchUp();

            assertThat(Sql.rows(connection, ORDINARY_COUNT)).containsExactly("1");
            assertThat(Results.differences(connection)).isEmpty();
            assertThat(pipeline.lastFailure()).isEmpty();
            Await.until("the ledger holds what the snapshot could not use", () -> Sql.rows(
                            connection, "SELECT DISTINCT reason FROM agentpulse.rejected_change")
                    .containsAll(List.of(
                            "agent_too_long",
                            "infinite_timestamp",
                            "latency_out_of_range",
                            "rubric_too_long",
                            "unknown_status")));
        }
    }

    private static Database newDatabase() throws Exception {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            Sql.run(connection, PoisonElsewhere.preparation().toArray(String[]::new));
            Sql.run(
                    connection,
                    "CREATE TABLE agent_queries (id text PRIMARY KEY, conversation_id text, agent text, query text,"
                            + " latency_ms numeric, approved boolean, human_edited boolean,"
                            + " created_at timestamptz DEFAULT now())",
                    "CREATE TABLE agent_approvals (id text PRIMARY KEY, conversation_id text, status text,"
                            + " approved_by text, created_at timestamptz DEFAULT now(), updated_at timestamptz)",
                    "CREATE TABLE agent_feedback (id text PRIMARY KEY, conversation_id text, safe_to_send boolean,"
                            + " labels text[], rubric jsonb, annotator text, created_at timestamptz DEFAULT now(),"
                            + " updated_at timestamptz)");
        }
        database.migrateUserTables();
        return database;
    }

    private static void give(Connection connection, Poison poison) {
        try {
            Sql.run(connection, poison.statements().toArray(String[]::new));
        } catch (Exception e) {
            throw new AssertionError("Postgres itself refuses " + poison, e);
        }
    }

    private static void writeOrdinaryRows(Connection connection, int n) throws Exception {
        Sql.run(
                connection,
                "INSERT INTO agent_queries (id, agent, latency_ms, approved) VALUES ('o" + n + "', 'ordinary', "
                        + n % 400 + ", true)",
                "INSERT INTO agent_approvals (id, status) VALUES ('o" + n + "', 'pending')",
                "UPDATE agent_approvals SET status = 'approved', updated_at = clock_timestamp() WHERE id = 'o" + (n - 1)
                        + "'",
                "INSERT INTO agent_feedback (id, safe_to_send, rubric, labels, annotator) VALUES ('o" + n
                        + "', true, '{\"tone\": 4}', '{fine}', 'ordinary')");
    }

    /** It is written on its own, a moment later. A row whose decision was replaced is used all the same, and noted besides. */
    private static void assertLedgerHolds(Connection connection, List<String> expected) throws Exception {
        String entries =
                "SELECT source_table, reason FROM agentpulse.rejected_change WHERE reason <> 'illegal_transition'";
        Await.until(
                "the ledger has " + expected.size() + " entries",
                () -> Sql.rows(connection, entries).size() >= expected.size());
        assertThat(Sql.rows(connection, entries)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(Sql.rows(
                        connection,
                        "SELECT reason, row_key FROM agentpulse.rejected_change"
                                + " WHERE row_key IS DISTINCT FROM left(change ->> 'id', 500)"))
                .as("entries that do not show their row")
                .isEmpty();
    }
}
