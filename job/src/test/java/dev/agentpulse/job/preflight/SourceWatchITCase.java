package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.preflight.Finding.Severity;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people do to a database under the running job. */
class SourceWatchITCase {

    private static final SourceConfig SOURCE = SourceConfig.from(new Configuration());

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("max_notify_queue_pages", "64"));

    private Database database;
    private Connection connection;
    private SourceWatch watch;

    @BeforeEach
    void start() throws SQLException {
        database = SERVER.newMigratedDatabase();
        connection = database.connect();
        Sql.run(
                connection,
                "DROP TABLE public.agent_approvals",
                "CREATE TABLE public.agent_approvals (id bigint, conversation_id text, status text, approved_by text,"
                        + " created_at timestamptz, updated_at timestamptz, PRIMARY KEY (id, created_at))"
                        + " PARTITION BY RANGE (created_at)",
                "ALTER TABLE public.agent_approvals REPLICA IDENTITY FULL",
                "CREATE TABLE public.old PARTITION OF public.agent_approvals FOR VALUES FROM (MINVALUE) TO ('2024-01-01')",
                "ALTER TABLE public.old REPLICA IDENTITY FULL",
                "ALTER PUBLICATION agentpulse ADD TABLE public.agent_approvals");
        watch = new SourceWatch(SOURCE, SourceShape.read(connection, SOURCE));
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void findsNothingWhereNothingChanged() throws SQLException {
        SourceWatch.Report report = watch.look(connection, connection);

        assertThat(report.findings()).isEmpty();
        assertThat(report.mended()).isEmpty();
        assertThat(report.shape().facts())
                .containsKeys(
                        "publication agentpulse",
                        "table public.agent_queries",
                        "column public.agent_queries.latency_ms",
                        "partition public.old");
    }

    @Test
    void aQueueOfNotificationsThatSomebodyFillsIsReported() throws SQLException {
        try (Connection listener = database.connect()) {
            Sql.run(listener, "LISTEN anything");
            listener.setAutoCommit(false);
            Sql.rows(listener, "SELECT 1");
            Sql.run(connection, "SELECT pg_notify('anything', repeat('x', 7000) || n) FROM generate_series(1, 50) n");

            assertThat(watch.look(connection, connection).findings())
                    .extracting(Finding::message)
                    .anyMatch(message -> message.startsWith("The queue of notifications is more than half full"));
            listener.rollback();
        }
        assertThat(watch.look(connection, connection).findings()).isEmpty();
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                argumentSet(
                        "publication dropped",
                        "DROP PUBLICATION agentpulse",
                        "The publication agentpulse does not exist."),
                argumentSet(
                        "publication made anew",
                        "DROP PUBLICATION agentpulse; CREATE PUBLICATION agentpulse FOR TABLE public.agent_queries,"
                                + " public.agent_approvals, public.agent_feedback, agentpulse.heartbeat"
                                + " WITH (publish_via_partition_root = true)",
                        "The publication agentpulse was dropped and made anew: changes in between cannot be read any"
                                + " more."),
                argumentSet(
                        "table taken out",
                        "ALTER PUBLICATION agentpulse DROP TABLE public.agent_queries",
                        "The publication does not carry public.agent_queries."),
                argumentSet(
                        "identity",
                        "ALTER TABLE public.agent_queries REPLICA IDENTITY DEFAULT",
                        "An update or delete of public.agent_queries does not say what the row was before."),
                argumentSet(
                        "table replaced",
                        "ALTER TABLE public.agent_queries RENAME TO agent_queries_old;"
                                + " CREATE TABLE public.agent_queries (LIKE public.agent_queries_old INCLUDING ALL);"
                                + " ALTER TABLE public.agent_queries REPLICA IDENTITY FULL;"
                                + " ALTER PUBLICATION agentpulse ADD TABLE public.agent_queries",
                        "public.agent_queries is not the table any more that was read at the start: another one has its"
                                + " name."),
                argumentSet(
                        "table dropped",
                        "DROP TABLE public.agent_feedback",
                        "The table public.agent_feedback does not exist in this database."),
                argumentSet(
                        "column dropped",
                        "ALTER TABLE public.agent_queries DROP latency_ms",
                        "public.agent_queries has no column latency_ms."),
                argumentSet(
                        "column retyped to what cannot be read",
                        "ALTER TABLE public.agent_queries ALTER latency_ms TYPE text",
                        "public.agent_queries.latency_ms is of type text, but must be integer, bigint or numeric."),
                argumentSet(
                        "column retyped to what can be read",
                        "ALTER TABLE public.agent_queries ALTER latency_ms TYPE numeric(9,3)",
                        "public.agent_queries.latency_ms was of type integer at the start and is of type numeric(9,3)"
                                + " now."),
                argumentSet(
                        "partition dropped",
                        "DROP TABLE public.old",
                        "The partition public.old was dropped or detached, and the log does not say which rows it held."),
                argumentSet(
                        "partition detached",
                        "ALTER TABLE public.agent_approvals DETACH PARTITION public.old",
                        "The partition public.old was dropped or detached, and the log does not say which rows it held."),
                argumentSet(
                        "partition truncated",
                        "TRUNCATE public.old",
                        "The partition public.old was truncated or rewritten, and the log does not say which rows it"
                                + " held."));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void reportsWhatChanged(String sql, String message) throws SQLException {
        Sql.run(connection, sql);

        assertThat(watch.look(connection, connection).findings())
                .extracting(Finding::message)
                .contains(message);
    }

    @Test
    void reportsAPartitionThatWentAwayOnce() throws SQLException {
        Sql.run(connection, "DROP TABLE public.old");

        assertThat(watch.look(connection, connection).findings()).hasSize(1);
        assertThat(watch.look(connection, connection).findings()).isEmpty();
    }

    @Test
    void comparesWithTheBeginAfterARestart() throws SQLException {
        SourceShape begun = new SourceShape(
                Map.copyOf(watch.look(connection, connection).shape().facts()));
        Sql.run(connection, "DROP TABLE public.old", "ALTER TABLE public.agent_queries ALTER latency_ms TYPE bigint");

        assertThat(new SourceWatch(SOURCE, begun).look(connection, connection).findings())
                .extracting(Finding::subject)
                .containsExactly("public.agent_queries.latency_ms", "public.old");
    }

    @Test
    void mendsWhatIsOurs() throws SQLException {
        Sql.run(
                connection,
                "DELETE FROM agentpulse.heartbeat",
                "CREATE TABLE public.new PARTITION OF public.agent_approvals FOR VALUES FROM ('2024-01-01') TO (MAXVALUE)");

        SourceWatch.Report report = watch.look(connection, connection);

        assertThat(report.findings()).isEmpty();
        assertThat(report.mended())
                .containsExactly(
                        "The row of agentpulse.heartbeat that moves time was gone and was put back.",
                        "The partition public.new had no REPLICA IDENTITY FULL and has it now: updates and deletes of"
                                + " its rows until then did not say what the row was.");
        assertThat(watch.look(connection, connection).mended()).isEmpty();
    }

    @Test
    void reportsWhatItMayNotMend() throws SQLException {
        String user = "job_of_" + database.name();
        Sql.run(
                connection,
                "CREATE ROLE " + user + " LOGIN REPLICATION BYPASSRLS IN ROLE agentpulse_capture, agentpulse_writer",
                "GRANT SELECT ON public.agent_approvals TO agentpulse_capture",
                "DELETE FROM agentpulse.heartbeat",
                "CREATE TABLE public.new PARTITION OF public.agent_approvals FOR VALUES FROM ('2024-01-01') TO (MAXVALUE)");
        try (Connection job = database.connectAs(user)) {
            SourceWatch.Report report = watch.look(job, job);

            assertThat(report.mended())
                    .containsExactly("The row of agentpulse.heartbeat that moves time was gone and was put back.");
            assertThat(report.findings())
                    .extracting(Finding::sentence)
                    .containsExactly("An update or delete of public.new does not say what the row was before. Mend it:"
                            + " ALTER TABLE public.new REPLICA IDENTITY FULL");
        }
    }

    @Test
    void theJobRefusesToStartWithEveryThingThatIsWrong() throws SQLException {
        Sql.run(
                connection,
                "DELETE FROM agentpulse.heartbeat",
                "ALTER TABLE public.agent_queries REPLICA IDENTITY DEFAULT",
                "ALTER PUBLICATION agentpulse DROP TABLE public.agent_feedback");
        JobConfig config = JobConfig.from(options());

        assertThatThrownBy(() -> Preflight.require(config))
                .isInstanceOf(PreflightException.class)
                .hasMessage(
                        "The job cannot start on postgres@" + options().getString("agentpulse.database.url", "")
                                + ":\nAn update or delete of public.agent_queries does not say what the row was before. Mend it:"
                                + " ALTER TABLE public.agent_queries REPLICA IDENTITY FULL\nThe publication does not carry"
                                + " public.agent_feedback. Mend it: ALTER PUBLICATION agentpulse ADD TABLE public.agent_feedback");
        Sql.run(
                connection,
                "ALTER TABLE public.agent_queries REPLICA IDENTITY FULL",
                "ALTER PUBLICATION agentpulse ADD TABLE public.agent_feedback");

        Preflight.require(config);

        assertThat(Preflight.run(config)).extracting(Finding::severity).doesNotContain(Severity.ERROR);
        assertThat(Sql.rows(connection, "SELECT id FROM agentpulse.heartbeat")).isEqualTo(List.of("1"));
    }

    private Configuration options() {
        Configuration options = new Configuration();
        options.setString(
                "agentpulse.database.url",
                "jdbc:postgresql://127.0.0.1:" + database.server().getPort() + "/" + database.name());
        return options;
    }
}
