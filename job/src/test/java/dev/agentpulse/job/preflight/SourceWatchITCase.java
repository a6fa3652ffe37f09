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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

    private static final String BOUNDS = " FOR VALUES FROM ('2024-01-01') TO (MAXVALUE)";
    private static final String NEW = "CREATE TABLE public.new (LIKE public.agent_approvals)";
    private static final String ATTACH = "ALTER TABLE public.agent_approvals ATTACH PARTITION public.new" + BOUNDS;

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
        watch = watch(SourceShape.read(connection, SOURCE));
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
                        "given a row filter",
                        "ALTER PUBLICATION agentpulse DROP TABLE public.agent_queries;"
                                + " ALTER PUBLICATION agentpulse ADD TABLE public.agent_queries WHERE (latency_ms > 5)",
                        "The publication leaves out rows or columns of public.agent_queries."),
                argumentSet(
                        "given a list of columns",
                        "ALTER PUBLICATION agentpulse DROP TABLE public.agent_queries;"
                                + " ALTER PUBLICATION agentpulse ADD TABLE public.agent_queries (id, agent)",
                        "The publication leaves out rows or columns of public.agent_queries."),
                argumentSet(
                        "updates left out",
                        "ALTER PUBLICATION agentpulse SET (publish = 'insert, delete, truncate')",
                        "The publication leaves out some of insert, update, delete and truncate."),
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
    void reportsAPartitionThatWentAwayForAsLongAsAWindowAlsoAfterARestart() throws SQLException {
        Sql.run(connection, "DROP TABLE public.old");

        SourceWatch.Report report = watch.look(connection, connection);
        assertThat(report.findings()).hasSize(1);
        assertThat(watch.look(connection, connection).findings()).isEqualTo(report.findings());
        assertThat(watch(report.shape()).look(connection, connection).findings())
                .isEqualTo(report.findings());
        SourceWatch later = new SourceWatch(SOURCE, report.shape(), Duration.ZERO);
        assertThat(later.look(connection, connection).findings()).isEmpty();
    }

    static Stream<Arguments> partitionsThatCome() {
        return Stream.of(
                argumentSet(
                        "attached with a row in it",
                        List.of(NEW, "INSERT INTO public.new (id, created_at) VALUES (1, now())", ATTACH),
                        true),
                argumentSet(
                        "attached with a row in it, in one transaction",
                        List.of(
                                "BEGIN",
                                NEW,
                                "INSERT INTO public.new (id, created_at) VALUES (1, now())",
                                ATTACH,
                                "INSERT INTO public.agent_approvals (id, created_at) VALUES (2, now())",
                                "COMMIT"),
                        true),
                argumentSet(
                        "attached empty, and written to",
                        List.of(
                                NEW,
                                "ALTER TABLE public.new REPLICA IDENTITY FULL",
                                ATTACH,
                                "INSERT INTO public.agent_approvals (id, created_at) VALUES (1, now())",
                                "UPDATE public.agent_approvals SET status = 'pending'"),
                        false),
                argumentSet(
                        "attached empty and written to, in one transaction",
                        List.of(
                                "BEGIN",
                                NEW,
                                ATTACH,
                                "INSERT INTO public.agent_approvals (id, created_at) VALUES (1, now())",
                                "COMMIT"),
                        false),
                argumentSet(
                        "made as a partition and written to, in one transaction",
                        List.of(
                                "BEGIN",
                                "CREATE TABLE public.new PARTITION OF public.agent_approvals" + BOUNDS,
                                "INSERT INTO public.agent_approvals (id, created_at) VALUES (1, now())",
                                "COMMIT"),
                        false),
                argumentSet(
                        "part of a tree that is attached, filled when it was a tree by itself",
                        List.of(
                                "CREATE TABLE public.tree (LIKE public.agent_approvals) PARTITION BY LIST (status)",
                                "CREATE TABLE public.new PARTITION OF public.tree DEFAULT",
                                "INSERT INTO public.tree (id, created_at) VALUES (1, now())",
                                "ALTER TABLE public.agent_approvals ATTACH PARTITION public.tree" + BOUNDS),
                        true));
    }

    @ParameterizedTest
    @MethodSource("partitionsThatCome")
    void reportsRowsThatCameWithAPartitionAndNoOthers(List<String> statements, boolean came) throws SQLException {
        // With a key on (id, created_at) a tree could not be cut by status.
        Sql.run(connection, "ALTER TABLE public.agent_approvals DROP CONSTRAINT agent_approvals_pkey");
        List<String> before = messages(watch.look(connection, connection));
        Sql.run(connection, statements.toArray(String[]::new));

        List<String> after = messages(watch.look(connection, connection));
        after.removeAll(before);
        after.removeIf(message -> !message.startsWith("The partition"));
        assertThat(after)
                .isEqualTo(
                        came
                                ? List.of("The partition public.new was attached with rows in it, which the log does"
                                        + " not bring.")
                                : List.of());
    }

    private static List<String> messages(SourceWatch.Report report) {
        return report.findings().stream().map(Finding::message).collect(Collectors.toCollection(ArrayList::new));
    }

    private static SourceWatch watch(SourceShape begun) {
        return new SourceWatch(SOURCE, begun, Duration.ofHours(1));
    }

    @Test
    void comparesWithTheBeginAfterARestart() throws SQLException {
        SourceShape begun = new SourceShape(
                Map.copyOf(watch.look(connection, connection).shape().facts()));
        Sql.run(connection, "DROP TABLE public.old", "ALTER TABLE public.agent_queries ALTER latency_ms TYPE bigint");

        assertThat(watch(begun).look(connection, connection).findings())
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
            Sql.run(
                    connection,
                    "ALTER TABLE public.agent_approvals DETACH PARTITION public.new",
                    "ALTER TABLE public.new RENAME TO renamed",
                    "ALTER TABLE public.agent_approvals ATTACH PARTITION public.renamed" + BOUNDS);
            assertThat(messages(watch.look(job, job)))
                    .contains("The partition public.renamed was attached, and the log does not bring the rows that may"
                            + " have been in it.");
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
