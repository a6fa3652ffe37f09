package dev.agentpulse.local.stack.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.flink.CheckpointFolder;
import dev.agentpulse.local.stack.traffic.TrafficRate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** The demo from its start to its end: traffic comes out as results, and afterwards nothing is left running. */
class LocalStackITCase {

    private static final int MINUTES = 5;

    @TempDir
    private Path temporary;

    @Test
    @Timeout(value = MINUTES, unit = TimeUnit.MINUTES)
    void trafficBecomesResultsAndTheEndLeavesNothing() throws Exception {
        int postgresPort = freePort();
        int flinkPort = freePort();
        int pagePort = freePort();
        Terminal terminal = new Terminal();
        Demo demo = new Demo(
                settings(postgresPort, flinkPort, pagePort), new PrintStream(terminal, true, StandardCharsets.UTF_8));
        CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> run(demo));
        try (demo) {
            CompletableFuture.anyOf(terminal.showsAddresses, end).get();
            Path data = temporary.resolve("data");
            DatabaseAddress trusting = DatabaseAddress.loopback(postgresPort, "agentpulse");
            assertThatThrownBy(() -> trusting.connect("stranger")).hasMessageContaining("password");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
            DatabaseAddress database = new DatabaseAddress(
                    trusting.jdbcUrl(),
                    "agentpulse",
                    Files.readString(data.resolve("owner.password")).strip());
            try (Connection connection = database.connect("local-stack-test", SessionKind.MIGRATION)) {
                assertThat(isSuperuser(connection)).isFalse();
                awaitCountedQueries(connection, 100);
                assertThat(webPage(flinkPort, "/")).contains("Apache Flink");
                assertThat(webPage(pagePort, "/config.json"))
                        .contains("\"demo\":true", "\"token\":\"", "\"anonKey\":\"" + Page.ANON_KEY);
                assertThat(webPage(pagePort, "/api/snapshot?apikey=" + Page.ANON_KEY))
                        .contains("\"agent_performance\":[{");
            }
        }
        assertThat(end.get()).isNotEmpty();
        assertThat(terminal.text()).contains("job RUNNING");
        assertThat(temporary.resolve("data").resolve("postgres").resolve("postmaster.pid"))
                .doesNotExist();
        // Free again, all of them.
        LoopbackPorts.requireFree(postgresPort, "Postgres", "--postgres-port");
        LoopbackPorts.requireFree(flinkPort, "Flink's web UI", "--flink-port");
        LoopbackPorts.requireFree(pagePort, "the page", "--page-port");
        assertThat(CheckpointFolder.newestComplete(temporary.resolve("data"))).isNotEmpty();
    }

    private DemoSettings settings(int postgresPort, int flinkPort, int pagePort) {
        return new DemoSettings(
                null,
                temporary.resolve("data"),
                postgresPort,
                flinkPort,
                pagePort,
                new TrafficRate(100),
                1,
                false,
                false,
                new Configuration());
    }

    private static boolean isSuperuser(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static String run(Demo demo) {
        try {
            return demo.run();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    /** Every notification is a reason to look again. */
    private static void awaitCountedQueries(Connection connection, long least) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN agent_queries_stream");
            while (countedQueries(statement) < least) {
                connection.unwrap(PGConnection.class).getNotifications(0);
            }
        }
    }

    private static long countedQueries(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT coalesce(sum(query_count), 0)"
                + " FROM agentpulse.agent_performance WHERE window_name = '1h'")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String webPage(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Keeps what is printed, and tells when the demo says that all is up. */
    private static final class Terminal extends OutputStream {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<String> showsAddresses = new CompletableFuture<>();

        @Override
        public synchronized void write(int value) {
            bytes.write(value);
            if (value == '\n' && text().contains("Flink UI")) {
                showsAddresses.complete(text());
            }
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
