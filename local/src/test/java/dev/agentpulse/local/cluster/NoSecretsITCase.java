package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.ForeignPage;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.RunningJob;
import dev.agentpulse.local.SecretSearch;
import dev.agentpulse.local.cli.AgentPulseCli;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.SourceTables;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Looks for the passwords of a cluster that runs, logs at DEBUG, failed once and made a savepoint: in process lists,
 * environments, logs, web pages, job graph, checkpoints, savepoints, the HA store and temporary files. One came by the
 * file that a person named, the other by the environment.
 */
class NoSecretsITCase {

    private static final int MINUTES = 30;
    private static final String WRITER_PASSWORD = "writers-correct-horse-battery";

    @TempDir
    Path folder;

    @Test
    @Timeout(value = MINUTES, unit = TimeUnit.MINUTES)
    void passwordsOfARunningClusterAreInTheirFilesOnly() throws Exception {
        System.setProperty("agentpulse.home", Checkout.ROOT.toString());
        Path databaseFolder = Files.createDirectory(folder.resolve("database"));
        try (EmbeddedDatabase embedded =
                EmbeddedDatabase.startGuarded(databaseFolder.resolve("postgres"), LoopbackPorts.anyFree(), false)) {
            Migrations.apply(embedded.address(), SourceTables.of(new Configuration()), true);
            Path captureFile = Objects.requireNonNull(embedded.passwordFile());
            String capturePassword = Files.readString(captureFile).strip();
            ClusterFolder clusterFolder = new ClusterFolder(folder.resolve("cluster"));
            Cluster cluster = Cluster.prepare(
                    clusterFolder, new ClusterPlan(1, 1, LoopbackPorts.anyFree(), LoopbackPorts.anyFree()));
            logEverything(clusterFolder);
            try (Connection connection = embedded.address().connect("test", SessionKind.MIGRATION)) {
                execute(connection, "ALTER ROLE agentpulse_writer LOGIN PASSWORD '" + WRITER_PASSWORD + "'");
                Map<String, String> passwords =
                        Map.of(Secret.CAPTURE.variable(), capturePassword, Secret.WRITER.variable(), WRITER_PASSWORD);
                run("start", passwords, StartMain.class, clusterFolder.root().toString());
                run(
                        "submit",
                        passwords,
                        AgentPulseCli.class,
                        "cluster",
                        "submit",
                        "--dir=" + clusterFolder.root(),
                        "--database-url=" + embedded.address().jdbcUrl(),
                        "--username=" + embedded.address().username(),
                        "--password-file=" + captureFile,
                        "--config",
                        JobOptions.WRITER_USERNAME.key() + "=agentpulse_writer");
                String job = cluster.requireJob().id();
                Path writerFile = clusterFolder.root().resolve("writer.password");
                RunningJob.awaitFirstTick(connection);
                // An attempt that fails: exceptions are shown and logged.
                execute(
                        connection,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'agentpulse %'");
                RunningJob.awaitTicksAgain(connection);
                RunningJob.awaitRestarted(cluster.plan().restPort(), job);
                Path savepoint = Path.of(URI.create(cluster.rest().savepoint(job)));

                SecretSearch search = new SecretSearch();
                processes(cluster, search);
                search.flink(cluster.plan().restPort(), job);
                search.files(folder);
                assertThat(search.places())
                        .contains(SecretSearch.address(cluster.plan().restPort(), "/taskmanagers/task-manager-1/log"))
                        .anyMatch(place -> place.contains("/checkpoints/details/"))
                        .anyMatch(place -> place.startsWith(savepoint.toString()))
                        .anyMatch(place -> place.startsWith(
                                clusterFolder.highAvailability().toString()));
                assertThat(search.at(clusterFolder
                                .logs()
                                .resolve("job-manager-1.log")
                                .toString()))
                        .contains("DEBUG");
                assertThat(search.placesOf(capturePassword)).containsExactly(captureFile.toString());
                assertThat(search.placesOf(WRITER_PASSWORD)).containsExactly(writerFile.toString());
                SecretSearch.assertIsTheOwnersOnly(writerFile);
                ForeignPage.assertIsRefused(cluster.plan().restPort(), job);
                assertThat(cluster.requireJob().id()).isEqualTo(job);
            } finally {
                cluster.stop();
            }
            SecretSearch.assertIsTheOwnersOnly(captureFile);
            SecretSearch.assertIsTheOwnersOnly(clusterFolder.root());
        }
    }

    /** As people do who have the passwords in their environment. */
    private void run(String name, Map<String, String> passwords, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                JavaLauncher.executable(),
                "-Dagentpulse.home=" + Checkout.ROOT,
                "-Dlog.file=" + folder.resolve(name + ".log"),
                main.getName()));
        words.addAll(List.of(arguments));
        Path screen = folder.resolve(name + ".screen");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(screen.toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(passwords);
        assertThat(builder.start().waitFor()).as(Files.readString(screen)).isZero();
    }

    /** {@code ./agentpulse cluster start}, which would write the settings anew that {@link #logEverything} changed. */
    static final class StartMain {
        public static void main(String[] arguments) throws Exception {
            Cluster.open(new ClusterFolder(Path.of(arguments[0]))).start();
        }
    }

    private static void logEverything(ClusterFolder folder) throws IOException {
        for (String name : List.of("log4j.properties", "log4j-cli.properties")) {
            Path settings = folder.conf().resolve(name);
            Files.writeString(
                    settings,
                    Files.readString(settings)
                            .replaceAll("(?m)^(rootLogger\\.level|logger\\..*\\.level)\\s*=.*$", "$1 = DEBUG"));
        }
    }

    private static void processes(Cluster cluster, SecretSearch search) throws IOException {
        List<String> names = new ArrayList<>(cluster.processNames());
        names.add(Supervisor.NAME);
        for (String name : names) {
            search.process(name, cluster.process(name).orElseThrow().pid());
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
