package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.proof.PostgresFolder;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away under the running job, in order and by a crash; the job recovers by itself. */
class DatabaseRestartITCase {

    private static final int TRANSACTIONS = 100;

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @TempDir
    Path folder;

    @Test
    void recoversAndLosesNothing() throws Exception {
        EmbeddedPostgres server = server(0);
        int port = server.getPort();
        try (Connection connection = server.getPostgresDatabase().getConnection()) {
            Sql.run(connection, "CREATE DATABASE restarted");
        }
        Database database = new Database(server, "restarted");
        database.migrate();
        Pipeline pipeline = CLUSTER.pipeline(database)
                .leavingNothingOut()
                .withFrequentCheckpoints()
                .startAndCatchUp();
        try {
            List<String> first = write(database, 61);
            crash(database);
            List<String> second = write(database, 62);
            PostgresFolder.stop(server, data());
            server = server(port);
            List<String> third = write(database, 63);

            pipeline.awaitComplete();

            try (Connection connection = database.connect()) {
                assertThat(Results.differences(connection)).isEmpty();
                Expectations.assertOpenAlertsMatchTheSource(connection);
                assertThat(Results.messages(connection))
                        .isEqualTo(Stream.of(first, second, third)
                                .flatMap(List::stream)
                                .sorted()
                                .toList());
            }
            pipeline.close();
        } finally {
            pipeline.cancel();
            PostgresFolder.stop(server, data());
        }
    }

    /** Gives the messages that must come of it. */
    private static List<String> write(Database database, int seed) throws SQLException {
        try (RandomChanges changes =
                new RandomChanges(database::connect, seed, number -> Long.toString(seed * 1_000_000L + number))) {
            changes.write(TRANSACTIONS);
            return changes.expected().messages();
        }
    }

    /** A killed backend makes the server end every other one, and recover from its log. */
    private static void crash(Database database) throws Exception {
        try (Connection victim = database.connect()) {
            long process =
                    Long.parseLong(Sql.rows(victim, "SELECT pg_backend_pid()").get(0));
            ProcessHandle backend = ProcessHandle.of(process).orElseThrow();
            assertThat(backend.destroyForcibly()).isTrue();
            // Until its end the server does not know, and takes connections as ever.
            backend.onExit().get();
        }
        Await.until("the server takes connections again", () -> {
            try (Connection connection = database.connect()) {
                Sql.rows(connection, "SELECT 1");
                return true;
            } catch (SQLException e) {
                return false;
            }
        });
    }

    private Path data() {
        return folder.resolve("data");
    }

    private EmbeddedPostgres server(int port) throws IOException {
        EmbeddedPostgres.Builder builder = PostgresFolder.serverOn(data())
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("fsync", "on");
        if (port != 0) {
            builder.setPort(port);
        }
        return builder.start();
    }
}
