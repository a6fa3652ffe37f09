package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** With the shipped log settings, the password is in no line of the log and on no page of the web UI. */
class NoPasswordInLogITCase {

    private static final String PASSWORD = "correct-horse-battery-staple";
    private static final String ROLE = "guarded_login";
    private static final String CONNECTOR_LOGGER =
            "org.apache.flink.cdc.connectors.postgres.source.fetch.PostgresSourceFetchTaskContext";

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @TempDir
    Path folder;

    @AfterEach
    void restoreLogSettings() {
        // The shipped settings would go on and write to a file whose name is an unset property.
        Configurator.reconfigure(new DefaultConfiguration());
        System.clearProperty("log.file");
    }

    @Test
    void passwordIsNowhere() throws Exception {
        Path log = logAsShipped();
        StringBuilder pages = new StringBuilder();

        run(pages);

        assertThat(Files.readString(log)).contains("Log clock").doesNotContain(PASSWORD);
        assertThat(pages).contains("Agent performance windows", "checkpoint").doesNotContain(PASSWORD);
    }

    /** The connector prints its whole configuration then, and is not told the password: connections are our own. */
    @Test
    void passwordIsNotLoggedWithoutTheShippedLevelEither() throws Exception {
        Path log = logAsShipped();
        Configurator.setLevel(CONNECTOR_LOGGER, Level.INFO);

        run(new StringBuilder());

        assertThat(Files.readString(log)).contains("Log clock").doesNotContain(PASSWORD);
    }

    private void run(StringBuilder pages) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        Path passwordFile = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        try (Connection connection = database.connect()) {
            demandPassword(connection);
            try (Pipeline pipeline = CLUSTER.pipeline(database)
                    .withFrequentCheckpoints()
                    .with(JobOptions.CAPTURE_USERNAME, ROLE)
                    .with(JobOptions.CAPTURE_PASSWORD_FILE, passwordFile.toString())
                    .startAndCatchUp()) {
                // An attempt that fails, too: exceptions are shown and logged.
                pipeline.terminateBackend("agentpulse tick writer");
                Sql.run(connection, "INSERT INTO agent_queries (agent) VALUES ('sales')");
                pipeline.awaitComplete();
                readPages(pipeline, pages);
            }
        }
    }

    private static void demandPassword(Connection connection) throws Exception {
        Sql.run(
                connection,
                "DROP ROLE IF EXISTS " + ROLE,
                "CREATE ROLE " + ROLE + " LOGIN SUPERUSER PASSWORD '" + PASSWORD + "'");
        Path rules = Path.of(Sql.rows(connection, "SHOW hba_file").get(0));
        String demand = "host all,replication " + ROLE + " all scram-sha-256\n";
        Files.writeString(rules, demand + Files.readString(rules));
        Sql.run(connection, "SELECT pg_reload_conf()");
    }

    private static void readPages(Pipeline pipeline, StringBuilder pages) throws Exception {
        String job = "/jobs/" + pipeline.job();
        for (String page : List.of(
                "/jobmanager/config",
                "/jobmanager/environment",
                "/jobs/overview",
                job,
                job + "/config",
                job + "/plan",
                job + "/jobmanager/config",
                job + "/jobmanager/environment",
                job + "/exceptions",
                job + "/checkpoints",
                job + "/checkpoints/config",
                "/taskmanagers")) {
            URI address = URI.create(CLUSTER.webAddress() + page);
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(page).isEqualTo(200);
            pages.append(answer.body());
        }
    }

    private Path logAsShipped() throws Exception {
        Path log = folder.resolve("flink.log");
        System.setProperty("log.file", log.toString());
        URI settings = Objects.requireNonNull(NoPasswordInLogITCase.class.getResource("/flink-conf/log4j.properties"))
                .toURI();
        Configurator.reconfigure(settings);
        return log;
    }
}
