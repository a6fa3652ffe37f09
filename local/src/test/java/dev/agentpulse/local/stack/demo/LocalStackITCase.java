package dev.agentpulse.local.stack.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.ForeignPage;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.RunningJob;
import dev.agentpulse.local.SecretSearch;
import dev.agentpulse.local.cluster.FlinkRest;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.flink.CheckpointFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/**
 * The demo from its start to its end, as a process: traffic comes out as results, its secrets are in their files and nowhere
 * else, and afterwards nothing is left running.
 */
class LocalStackITCase {

    private static final int MINUTES = 15;
    private static final List<String> PASSWORDS = List.of("superuser.password", "owner.password", "gateway.password");

    @TempDir
    private Path temporary;

    private final int postgresPort = LoopbackPorts.anyFree();
    private final int flinkPort = LoopbackPorts.anyFree();
    private final int pagePort = LoopbackPorts.anyFree();

    @Test
    @Timeout(value = MINUTES, unit = TimeUnit.MINUTES)
    void trafficBecomesResultsSecretsStayWhereTheyAreAndTheEndLeavesNothing() throws Exception {
        Path data = temporary.resolve("data");
        try (DemoProcess demo = DemoProcess.start(temporary, options(data))) {
            demo.awaitPrinted("Flink UI");
            DatabaseAddress trusting = DatabaseAddress.loopback(postgresPort, "agentpulse");
            assertThatThrownBy(() -> trusting.connect("stranger")).hasMessageContaining("password");
            try (Connection connection = database(data, "agentpulse", "owner.password")) {
                assertThat(isSuperuser(connection)).isFalse();
                awaitCountedQueries(connection, 100);
                failOneAttempt(data);
                RunningJob.awaitTicksAgain(connection);
                awaitCountedQueries(connection, countedQueries(connection) + 1);
            }
            SecretSearch search = new SecretSearch();
            look(search, demo, data);
            ForeignPage.assertIsRefused(
                    flinkPort,
                    new FlinkRest(List.of(flinkPort)).liveJob().orElseThrow().id());
            demo.awaitPrinted("job RUNNING");
            demo.stop();
            search.text("terminal", demo.terminal());
            assertThat(search.at(SecretSearch.address(flinkPort, "/"))).contains("Apache Flink");
            assertThat(search.at(SecretSearch.address(pagePort, "/api/snapshot?apikey=" + Page.ANON_KEY)))
                    .contains("\"agent_performance\":[{");
            assertThat(search.at(SecretSearch.address(pagePort, "/config.json")))
                    .contains("\"demo\":true", "\"token\":\"", "\"anonKey\":\"" + Page.ANON_KEY);
            assertThat(search.at(temporary.resolve("demo.log").toString())).contains("DEBUG");
            for (String file : PASSWORDS) {
                Path path = data.resolve(file);
                assertThat(search.placesOf(search.at(path.toString()).strip())).containsExactly(path.toString());
            }
            assertThat(secretsThatSign(search)).isEmpty();
        }
        assertThat(data.resolve("postgres").resolve("postmaster.pid")).doesNotExist();
        // Free again, all of them.
        LoopbackPorts.requireFree(postgresPort, "Postgres", "--postgres-port");
        LoopbackPorts.requireFree(flinkPort, "Flink's web UI", "--flink-port");
        LoopbackPorts.requireFree(pagePort, "the page", "--page-port");
        assertThat(CheckpointFolder.newestComplete(data)).isNotEmpty();
    }

    private List<String> options(Path data) {
        return List.of(
                "--data-dir=" + data,
                "--postgres-port=" + postgresPort,
                "--flink-port=" + flinkPort,
                "--page-port=" + pagePort,
                "--traffic=100");
    }

    private Connection database(Path data, String role, String passwordFile) throws IOException, SQLException {
        return new DatabaseAddress(
                        DatabaseAddress.loopback(postgresPort, "agentpulse").jdbcUrl(),
                        role,
                        Files.readString(data.resolve(passwordFile)).strip())
                .connect("local-stack-test", SessionKind.MIGRATION);
    }

    /** What fails is shown and logged. */
    private void failOneAttempt(Path data) throws IOException, SQLException {
        try (Connection connection = database(data, "postgres", "superuser.password");
                Statement statement = connection.createStatement()) {
            try (ResultSet traffic =
                    statement.executeQuery("SELECT string_agg(DISTINCT usename, ',') FROM pg_stat_activity"
                            + " WHERE application_name = 'agentpulse-traffic'")) {
                traffic.next();
                assertThat(traffic.getString(1))
                        .as("who writes to tables of the owner")
                        .isEqualTo("agentpulse");
            }
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name LIKE 'agentpulse %'");
        }
    }

    private void look(SecretSearch search, DemoProcess demo, Path data) throws IOException, InterruptedException {
        FlinkRest flink = new FlinkRest(List.of(flinkPort));
        String job = flink.liveJob().orElseThrow().id();
        RunningJob.awaitRestarted(flinkPort, job);
        Path savepoint = Path.of(URI.create(flink.savepoint(job)));
        search.process("demo", demo.pid());
        // The server is its own master, and its processes are its children.
        long postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postgres/postmaster.pid")).get(0));
        search.process("postmaster", postmaster);
        assertRunsFromOurFolder(ProcessHandle.of(postmaster).orElseThrow());
        Stream.concat(
                        ProcessHandle.of(demo.pid()).orElseThrow().descendants(),
                        ProcessHandle.of(postmaster).orElseThrow().children())
                .forEach(child -> search.processIfAlive("child " + child.pid(), child.pid()));
        search.page(flinkPort, "/");
        search.flink(flinkPort, job);
        for (String path : List.of(
                "/",
                "/config.json",
                "/healthz",
                "/readyz",
                "/metrics",
                "/api/status",
                "/api/snapshot?apikey=" + Page.ANON_KEY)) {
            search.page(pagePort, path);
        }
        search.files(temporary);
        assertThat(search.places())
                .contains("postmaster cmdline", SecretSearch.address(flinkPort, "/jobmanager/logs/demo.log"))
                .anyMatch(place -> place.startsWith(savepoint.toString()))
                .anyMatch(place -> place.startsWith(data.resolve("checkpoints").toString()));
        assertThat(search.at(SecretSearch.address(flinkPort, "/jobs/" + job + "/exceptions")))
                .contains("PSQLException");
        SecretSearch.assertIsTheOwnersOnly(data);
        for (String file : PASSWORDS) {
            SecretSearch.assertIsTheOwnersOnly(data.resolve(file));
        }
    }

    /** In a folder that others may write to, somebody could have planted the program. */
    private static void assertRunsFromOurFolder(ProcessHandle server) throws IOException {
        Path programs = Path.of("..", ".agentpulse", "postgres-binaries").toRealPath();
        assertThat(Path.of(server.info().command().orElseThrow())).startsWith(programs);
        SecretSearch.assertIsTheOwnersOnly(programs);
    }

    /** The secret of the visitors' tokens is made at the start and written nowhere, so it is known by what it signs. */
    private List<String> secretsThatSign(SecretSearch search) throws JOSEException, ParseException {
        Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"")
                .matcher(search.at(SecretSearch.address(pagePort, "/config.json")));
        assertThat(token.find()).isTrue();
        SignedJWT signed = SignedJWT.parse(token.group(1));
        List<String> found = new ArrayList<>();
        for (String key : search.keys()) {
            if (signed.verify(new MACVerifier(key.getBytes(StandardCharsets.UTF_8)))) {
                found.add(key);
            }
        }
        return found;
    }

    private static boolean isSuperuser(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
            row.next();
            return row.getBoolean(1);
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

    private static long countedQueries(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return countedQueries(statement);
        }
    }

    private static long countedQueries(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT coalesce(sum(query_count), 0)"
                + " FROM agentpulse.agent_performance WHERE window_name = '1h'")) {
            row.next();
            return row.getLong(1);
        }
    }
}
