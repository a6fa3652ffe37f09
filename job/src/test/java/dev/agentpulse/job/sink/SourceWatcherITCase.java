package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the findings about what the job reads from. */
class SourceWatcherITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Connection connection;
    private JobConfig config;

    @BeforeEach
    void migrate() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        connection = database.connect();
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        config = JobConfig.from(options);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void findingIsAnAlertOnceAndResolvedWhenItIsMended() throws SQLException {
        SourceWatcher watcher = new SourceWatcher(config, true);
        watcher.look();
        assertThat(watcher.findings()).isEmpty();

        Sql.run(connection, "ALTER TABLE public.agent_queries REPLICA IDENTITY DEFAULT");
        watcher.look();
        watcher.look();
        assertThat(watcher.findings()).hasSize(1);
        assertThat(alerts()).hasSize(1);
        assertThat(alerts().get(0)).startsWith("pipeline|public.agent_queries|critical|open|An update or delete of");

        Sql.run(connection, "ALTER TABLE public.agent_queries REPLICA IDENTITY FULL");
        watcher.look();
        assertThat(watcher.findings()).isEmpty();
        assertThat(alerts()).singleElement().asString().contains("|resolved|");

        Sql.run(connection, "ALTER TABLE public.agent_queries REPLICA IDENTITY DEFAULT");
        watcher.look();
        assertThat(alerts()).as("found again, it is another alert").hasSize(2);
    }

    @Test
    void changeWhileTheJobWasAwayIsFoundByTheNextOneAndNotByOneThatBeginsAnew() throws SQLException {
        new SourceWatcher(config, true).look();
        Sql.run(connection, "ALTER TABLE public.agent_queries ALTER latency_ms TYPE bigint");

        SourceWatcher goesOn = new SourceWatcher(config, false);
        goesOn.look();
        assertThat(goesOn.findings()).singleElement().asString().contains("is of type bigint now");

        SourceWatcher begins = new SourceWatcher(config, true);
        begins.look();
        assertThat(begins.findings()).isEmpty();
        assertThat(alerts()).singleElement().asString().contains("|resolved|");
    }

    private List<String> alerts() throws SQLException {
        return Sql.rows(
                connection,
                "SELECT rule, subject, severity, status, details ->> 'sentence' FROM agentpulse.alert"
                        + " ORDER BY opened_at");
    }
}
