package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A savepoint that an earlier version of the job made is restored by this one. It fails when state has changed in a way
 * that users could not upgrade over.
 *
 * <p>{@code mvn verify -Dit.test=SavepointITCase#writes -Dsavepoint.folder=…} makes a new one, for the resources folder;
 * its name says which version made it. Old ones stay, as long as upgrades from them are promised.
 */
class SavepointITCase {

    private static final String FOLDER = "savepoint.folder";
    private static final String SAVEPOINT = "/savepoints/0.1.0-one-road";

    private static final String METADATA = "_metadata";

    /** Of a version that kept its state in another way. */
    private static final String TOO_OLD = "/savepoints/0.1.0";

    private static final String SAVEPOINT_FROM = "0/6000000";
    private static final String ABOVE_THE_SAVEPOINT = "0/8000000";

    /** What the savepoint keeps for good: it waits for a decision, or for its time. */
    private static final List<String> LASTING_ROWS = List.of(
            "INSERT INTO agent_approvals (id, conversation_id, status, created_at)"
                    + " VALUES (1, 'c-1', 'pending', '2026-01-01 00:00:00+00')",
            "INSERT INTO agent_approvals (id, conversation_id, status, created_at)"
                    + " VALUES (2, 'c-2', 'pending', '2026-01-02 00:00:00+00')",
            "INSERT INTO agent_queries (id, agent, latency_ms, created_at)"
                    + " VALUES (1, 'tomorrow', 7, '2100-01-01 00:00:00+00')",
            "INSERT INTO agent_feedback (id, safe_to_send, labels, annotator, created_at)"
                    + " VALUES (1, false, '{tone}', 'dana', '2100-01-01 00:00:00+00')");

    /** What is in its windows, and leaves them a minute after it was made. */
    private static final List<String> PASSING_ROWS = List.of(
            "INSERT INTO agent_queries (id, agent, latency_ms, created_at)"
                    + " SELECT n, 'recent', 500, now() - interval '59 minutes' FROM generate_series(2, 9) n",
            "INSERT INTO agent_approvals (id, status, created_at, updated_at)"
                    + " VALUES (3, 'approved', now() - interval '1 hour', now() - interval '59 minutes')",
            "INSERT INTO agent_feedback (id, safe_to_send, labels, created_at)"
                    + " VALUES (2, true, '{tone}', now() - interval '1439 minutes')");

    /** Of its own, because a savepoint holds positions of the log. */
    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void anEarlierSavepointIsRestored() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)) {
            Sql.run(connection, LASTING_ROWS.toArray(String[]::new));
            Sql.rows(
                    connection, "SELECT pg_create_logical_replication_slot('" + pipeline.slotName() + "', 'pgoutput')");
            skipLogTo(connection, ABOVE_THE_SAVEPOINT);

            pipeline.startFrom(savepoint(SAVEPOINT)).awaitComplete();

            assertThat(Sql.rows(connection, "SELECT pending_count, oldest_pending_id FROM agentpulse.approval_queue"))
                    .containsExactly("2|1");
            assertThat(Sql.rows(connection, "SELECT subject FROM agentpulse.alert WHERE rule = 'approval_sla_breach'"))
                    .as("they had breached before; a restore says nothing twice")
                    .isEmpty();
            Sql.run(
                    connection,
                    "UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE id = 1",
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (10, 'recent', 20)");
            pipeline.awaitComplete();
            assertThat(Sql.rows(connection, "SELECT pending_count, oldest_pending_id FROM agentpulse.approval_queue"))
                    .containsExactly("1|2");
            assertThat(Results.differences(connection)).isEmpty();
        }
    }

    @Test
    void aSavepointThatCannotBeRestoredIsRefusedWithASentence() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)) {
            Sql.rows(
                    connection, "SELECT pg_create_logical_replication_slot('" + pipeline.slotName() + "', 'pgoutput')");
            skipLogTo(connection, ABOVE_THE_SAVEPOINT);

            pipeline.startFrom(savepoint(TOO_OLD));

            assertThat(pipeline.awaitFailure()).contains("./agentpulse resync");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SAVEPOINT, TOO_OLD})
    void aSavepointNamesNoFolderOfTheMachineThatMadeIt(String resource) throws Exception {
        assertThat(text(savepoint(resource).resolve(METADATA)))
                .doesNotContainPattern("file:(?!/savepoints?/)")
                .doesNotContain(System.getProperty("java.io.tmpdir") + "/");
    }

    /** New servers begin low, so positions can be told: a slot below the savepoint's, and everything from here on above. */
    private static void skipLogTo(Connection connection, String position) throws Exception {
        String done = "SELECT pg_current_wal_insert_lsn() > '" + position + "'";
        while (!Sql.rows(connection, done).equals(List.of("t"))) {
            Sql.rows(connection, "SELECT pg_logical_emit_message(false, 'skip', ''), pg_switch_wal()");
        }
    }

    private static Path savepoint(String resource) throws Exception {
        return Path.of(URI.create(Objects.requireNonNull(SavepointITCase.class.getResource(resource), resource)
                .toString()));
    }

    @Test
    @EnabledIfSystemProperty(named = FOLDER, matches = ".+")
    void writes() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)) {
            skipLogTo(connection, SAVEPOINT_FROM);
            pipeline.startAndCatchUp();
            Sql.run(connection, LASTING_ROWS.toArray(String[]::new));
            Sql.run(connection, PASSING_ROWS.toArray(String[]::new));
            pipeline.awaitComplete();
            Path folder = Path.of(System.getProperty(FOLDER));
            Path made = pipeline.stopWithSavepoint();
            FileUtils.copyDirectory(made.toFile(), folder.toFile());
            forget(made, folder.resolve(METADATA));
        }
    }

    /** Parts of the state are named by where they were made; as many characters as before, for their number is written, too. */
    private static void forget(Path made, Path metadata) throws IOException {
        String name = made.toString();
        String neutral = "/savepoint/" + "x".repeat(name.length() - "/savepoint/".length());
        Files.writeString(metadata, text(metadata).replace(name, neutral), StandardCharsets.ISO_8859_1);
    }

    private static String text(Path metadata) throws IOException {
        return Files.readString(metadata, StandardCharsets.ISO_8859_1);
    }
}
