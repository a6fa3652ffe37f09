package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk of the result tables is full for a while. That is no row's fault: the job tries again until there is room,
 * and then nothing is missing or doubled.
 */
class FullDiskITCase {

    private static final String DISK_FULL = "53100";
    private static final String NO_ROOM = "No space left on device";

    private static final int MEGABYTES = 32;
    private static final int STEPS = 50;
    private static final int RESTARTS = 3;
    private static final Duration AUDIT_INTERVAL = Duration.ofMillis(500);

    /** Between two transactions: what is written while the disk is full has to fit on it later. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** All that the job writes, and nothing that users write; later partitions go where their table is. */
    private static final String MOVE_RESULTS = """
            DO $move$
            DECLARE
                kind text;
                relation regclass;
            BEGIN
                FOR kind, relation IN SELECT CASE WHEN relkind IN ('i', 'I') THEN 'INDEX' ELSE 'TABLE' END, oid
                    FROM pg_class WHERE relnamespace = 'agentpulse'::regnamespace AND relkind IN ('r', 'p', 'i', 'I')
                LOOP
                    EXECUTE format('ALTER %s %s SET TABLESPACE small', kind, relation);
                END LOOP;
            END
            $move$
            """;

    /** More than fits; what was put there of it keeps its room when the statement fails. */
    private static final String FILL = "INSERT INTO filler SELECT repeat('x', 7000) FROM generate_series(1, 100000)";

    @Order(1)
    @RegisterExtension
    static final SmallDisk DISK = new SmallDisk(MEGABYTES);

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("lc_messages", "C"));

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    /** Needs the right to mount, see {@link SmallDisk}; is skipped without. */
    @Test
    void delaysResultsAndLosesNothing() throws Exception {
        Path disk = DISK.folder();
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                RandomChanges changes = new RandomChanges(database::connect, 71);
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .leavingNothingOut()
                        .with(JobOptions.AUDIT_INTERVAL, AUDIT_INTERVAL)) {
            Sql.run(connection, "CREATE TABLESPACE small LOCATION '" + disk + "'", MOVE_RESULTS);
            pipeline.startAndCatchUp();
            changes.write(STEPS);
            pipeline.awaitComplete();
            assertThat(Results.differences(connection)).isEmpty();
            assertThat(pipeline.lastFailure()).isEmpty();
            pipeline.awaitCheckpoint(); // Without one the job would begin anew, and what passed meanwhile was not read.

            try (BackgroundWriter writer = new BackgroundWriter(PAUSE, () -> changes.write(1))) {
                writer.awaitSteps(STEPS);
                fill(connection);
                Await.until(
                        "the job has been restarted for want of room again and again",
                        () -> pipeline.restarts() >= RESTARTS
                                && pipeline.lastFailure().contains(NO_ROOM));
                Sql.run(connection, "DROP TABLE filler");
                writer.awaitSteps(STEPS);
            }
            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            Expectations.assertNoMismatch(connection);
            // No row is in the ledger that could have been written, and each that is to be there is so once.
            Expectations.assertMet(connection, changes.expected());
            assertThat(Sql.rows(
                            connection,
                            "SELECT details ->> 'rows_not_written' FROM agentpulse.pipeline_status"
                                    + " WHERE component = 'tick-writer'"))
                    .containsExactly("0");
            assertThat(Sql.rows(
                            connection, "SELECT count(*) - count(DISTINCT event_key) FROM agentpulse.channel_event"))
                    .containsExactly("0");
        }
    }

    /** By a trigger that says what a server with a full disk says: needs no disk, and meets each writer by itself. */
    @ParameterizedTest
    @ValueSource(strings = {"channel_event", "rejected_change", "heartbeat"})
    void whatFindsNoRoomInATableIsWrittenLater(String table) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            pipeline.awaitCheckpoint();
            Sql.run(
                    connection,
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                            + " RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = '" + NO_ROOM + "'; END $$",
                    "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON agentpulse." + table
                            + " EXECUTE FUNCTION refuse()",
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (1, 'a', 10), (2, 'a', -1)");
            Await.until("there is no room for what the job writes", () -> pipeline.lastFailure()
                    .contains(NO_ROOM));
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (3, 'a', 20), (4, 'a', -1)",
                    "DROP TRIGGER refuse ON agentpulse." + table);
            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            assertThat(Results.messages(connection)).containsExactly("new_query|1|1", "new_query|3|1");
            List<String> ledger = List.of("agent_queries|2|negative_latency", "agent_queries|4|negative_latency");
            // It is written on its own, a moment later.
            Await.until(
                    "the ledger is complete", () -> Results.ledger(connection).containsAll(ledger));
            assertThat(Results.ledger(connection)).isEqualTo(ledger);
        }
    }

    private static void fill(Connection connection) throws SQLException {
        Sql.run(
                connection,
                "CREATE TABLE filler (bytes text) WITH (autovacuum_enabled = off) TABLESPACE small",
                "ALTER TABLE filler ALTER COLUMN bytes SET STORAGE PLAIN");
        assertThatThrownBy(() -> Sql.run(connection, FILL))
                .isInstanceOfSatisfying(SQLException.class, problem -> assertThat(problem.getSQLState())
                        .isEqualTo(DISK_FULL));
    }
}
