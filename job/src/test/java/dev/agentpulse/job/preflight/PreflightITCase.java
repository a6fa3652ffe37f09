package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.preflight.Finding.Severity;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/** What the preflight finds in tables, publication, role, clock and connection. */
class PreflightITCase {

    /** Whatever is open is what a test has opened. */
    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("autovacuum", "off"));

    private static final SourceConfig TARGET = SourceConfig.from(new Configuration());

    private Database database;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
    }

    @Test
    void findsNothingWrongAfterTheMigrations() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThat(new Preflight().check(connection, TARGET))
                    .hasSizeGreaterThan(10)
                    .allMatch(finding -> finding.severity() == Severity.OK && finding.fix() == null);
            assertThat(new Preflight().checkWriter(connection, TARGET))
                    .extracting(Finding::severity)
                    .containsExactly(Severity.OK);
        }
    }

    @Test
    void readsNoViewInThePlaceOfTheHeartbeat() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "DROP TABLE agentpulse.heartbeat",
                    "CREATE VIEW agentpulse.heartbeat AS SELECT 1 / (random() * 0)::int AS id");

            assertThat(new Preflight().check(connection, TARGET))
                    .extracting(Finding::message)
                    .contains("agentpulse.heartbeat is not a table, and only tables have a change stream.");
        }
    }

    @Test
    void findsThatTheNewestMigrationIsMissing() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, "ALTER TABLE agentpulse.staged_record DROP COLUMN event_time");

            assertThat(new Preflight().checkWriter(connection, TARGET))
                    .extracting(Finding::message)
                    .contains("The column event_time of agentpulse.staged_record does not exist.");
        }
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                argumentSet(
                        "replica identity",
                        "ALTER TABLE public.agent_queries REPLICA IDENTITY DEFAULT",
                        "An update or delete of public.agent_queries does not say what the row was before."),
                argumentSet(
                        "missing column",
                        "ALTER TABLE public.agent_queries DROP COLUMN latency_ms",
                        "public.agent_queries has no column latency_ms."),
                argumentSet(
                        "other type",
                        "ALTER TABLE public.agent_approvals ALTER updated_at TYPE date",
                        "public.agent_approvals.updated_at is of type date,"
                                + " but must be timestamptz, or timestamp in UTC."),
                argumentSet(
                        "no key",
                        "ALTER TABLE public.agent_feedback DROP CONSTRAINT agent_feedback_pkey",
                        "public.agent_feedback has no key that says which row is which."),
                argumentSet(
                        "no publication", "DROP PUBLICATION agentpulse", "The publication agentpulse does not exist."),
                argumentSet(
                        "table not published",
                        "ALTER PUBLICATION agentpulse DROP TABLE public.agent_feedback",
                        "The publication does not carry public.agent_feedback."),
                argumentSet(
                        "heartbeat not published",
                        "ALTER PUBLICATION agentpulse DROP TABLE agentpulse.heartbeat",
                        "The publication does not carry agentpulse.heartbeat."),
                argumentSet(
                        "operation not published",
                        "ALTER PUBLICATION agentpulse SET (publish = 'insert, update')",
                        "The publication leaves out some of insert, update, delete and truncate."));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void namesWhatIsWrongAndTheStatementThatMendsIt(String damage, String message) throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, damage);

            assertThatFixMends(connection, connection, message);
        }
    }

    @Test
    void findsRowsAndColumnsThatThePublicationLeavesOut() throws SQLException {
        try (Connection connection = database.connect()) {
            assumeThat(new Catalog(connection).serverVersion())
                    .as("publications filter since Postgres 15")
                    .isGreaterThanOrEqualTo(15_00_00);
            Sql.run(
                    connection,
                    "ALTER PUBLICATION agentpulse DROP TABLE public.agent_queries, public.agent_approvals",
                    "ALTER PUBLICATION agentpulse ADD TABLE public.agent_queries WHERE (id > 5),"
                            + " public.agent_approvals (id, status)");

            assertThatFixMends(
                    connection, connection, "The publication leaves out rows or columns of public.agent_queries.");
            assertThatFixMends(
                    connection, connection, "The publication leaves out rows or columns of public.agent_approvals.");
        }
    }

    @Test
    void findsPartitionsThatAreNotReadAsOneTable() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "DROP TABLE public.agent_queries",
                    "CREATE TABLE public.agent_queries (LIKE public.agent_approvals, agent text, query text,"
                            + " latency_ms int, approved bool, human_edited bool, PRIMARY KEY (id, created_at))"
                            + " PARTITION BY RANGE (created_at)",
                    "CREATE TABLE public.queries_all PARTITION OF public.agent_queries"
                            + " FOR VALUES FROM (MINVALUE) TO (MAXVALUE)",
                    "ALTER PUBLICATION agentpulse ADD TABLE public.agent_queries",
                    "ALTER PUBLICATION agentpulse SET (publish_via_partition_root = false)");

            assertThatFixMends(
                    connection,
                    connection,
                    "The publication names the partitions of public.agent_queries and not the table.");
            assertThatFixMends(
                    connection,
                    connection,
                    "An update or delete of public.queries_all does not say what the row was before.");
        }
    }

    @Test
    void findsATableThatIsMissingOrIsNone() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "DROP TABLE public.agent_queries, public.agent_approvals",
                    "CREATE VIEW public.agent_approvals AS SELECT 1 AS id");

            assertThat(messages(new Preflight().check(connection, TARGET), Severity.ERROR))
                    .contains(
                            "The table public.agent_queries does not exist in this database.",
                            "public.agent_approvals is not a table, and only tables have a change stream.");
        }
    }

    @Test
    void findsEveryRightThatAUserLacks() throws SQLException {
        String user = "streamer_of_" + database.name();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE " + user + " LOGIN",
                    "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
                    "ALTER TABLE public.agent_queries ENABLE ROW LEVEL SECURITY");
            try (Connection connection = database.connectAs(user)) {
                assertThatFixMends(owner, connection, "User " + user + " may not open a replication connection.");
                assertThatFixMends(owner, connection, "User " + user + " may not look into schema public.");
                assertThatFixMends(owner, connection, "User " + user + " may not look into schema agentpulse.");
                for (CapturedTable table : CapturedTable.of(TARGET)) {
                    assertThatFixMends(owner, connection, "User " + user + " may not read " + table.name() + ".");
                }
                assertThatFixMends(
                        owner,
                        connection,
                        "Row level security hides rows of public.agent_queries from user " + user
                                + " in the snapshot, but not in the stream.");
                assertThat(messages(new Preflight().check(connection, TARGET), Severity.ERROR))
                        .isEmpty();
            }
        }
    }

    @Test
    void acceptsAUserThatOnlyHasTheTwoRolesAndTheirAttributes() throws SQLException {
        String user = "job_of_" + database.name();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE " + user
                            + " LOGIN REPLICATION BYPASSRLS IN ROLE agentpulse_capture, agentpulse_writer");
        }
        try (Connection connection = database.connectAs(user)) {
            assertThat(new Preflight().check(connection, TARGET))
                    .extracting(Finding::severity)
                    .containsOnly(Severity.OK);
            assertThat(new Preflight().checkWriter(connection, TARGET))
                    .extracting(Finding::severity)
                    .containsOnly(Severity.OK);
        }
    }

    @Test
    void findsThatAUserMayNotWriteResults() throws SQLException {
        String user = "writer_of_" + database.name();
        try (Connection owner = database.connect()) {
            Sql.run(owner, "CREATE ROLE " + user + " LOGIN");
            try (Connection connection = database.connectAs(user)) {
                List<Finding> findings = new Preflight().checkWriter(connection, TARGET);

                assertThat(findings)
                        .containsExactly(Finding.error(
                                "result tables",
                                "User " + user + " may not write to schema agentpulse.",
                                "GRANT agentpulse_writer TO " + user));
                Sql.run(owner, "GRANT agentpulse_writer TO " + user);
                assertThat(new Preflight().checkWriter(connection, TARGET))
                        .extracting(Finding::severity)
                        .containsExactly(Severity.OK);
            }
        }
    }

    @Test
    void sendsOneToMigrateFirst() throws SQLException {
        try (Connection connection = SERVER.newDatabase().connect()) {
            assertThat(new Preflight().checkWriter(connection, TARGET))
                    .extracting(Finding::fix)
                    .containsExactly("./agentpulse migrate");
        }
    }

    @Test
    void findsACommitThatDoesNotWaitForTheDisk() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(owner, "ALTER DATABASE " + database.name() + " SET synchronous_commit = off");
        }
        try (Connection connection = database.connect()) {
            assertThat(messages(new Preflight().check(connection, TARGET), Severity.WARNING))
                    .containsExactly("synchronous_commit is off, so changes reach the stream some hundred milliseconds"
                            + " after their commit.");
        }
    }

    @Test
    void findsClocksThatDiffer() throws SQLException {
        InstantSource slow = () -> Instant.now().minusSeconds(5);
        try (Connection connection = database.connect()) {
            assertThat(new Preflight(slow, Preflight.LONG_TRANSACTION).check(connection, TARGET))
                    .filteredOn(finding -> finding.severity() == Severity.WARNING)
                    .extracting(Finding::subject)
                    .containsExactly("server time");
        }
    }

    @Test
    void findsAPoolerByAProcessThatIsNotTheAnnouncedOne() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThat(messages(new Preflight().check(throughAPooler(connection), TARGET), Severity.ERROR))
                    .containsExactly("A connection pooler stands between this machine and the database, and a change"
                            + " stream cannot pass it.");
        }
    }

    /** The same connection, but with the process id of somebody else, as a pooler announces it. */
    private static Connection throughAPooler(Connection connection) {
        ClassLoader loader = PreflightITCase.class.getClassLoader();
        Object pooled = Proxy.newProxyInstance(
                loader,
                new Class<?>[] {PGConnection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getBackendPID") ? (Object) 1 : method.invoke(connection, arguments));
        return (Connection) Proxy.newProxyInstance(
                loader,
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("unwrap") ? pooled : method.invoke(connection, arguments));
    }

    @Test
    void looksAtEverythingAlthoughSomethingCannotBeChecked() throws SQLException {
        List<Finding> findings = new ArrayList<>();

        Preflight.run(findings, "one thing", () -> {
            throw new SQLException("no answer", "42501");
        });
        Preflight.run(findings, "another", () -> List.of(Finding.ok("another", "It is in order.")));

        assertThat(findings)
                .extracting(Finding::message)
                .containsExactly("This could not be checked: no answer", "It is in order.");
    }

    @Test
    void findsThatTheHeartbeatsRowIsGone() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, "DELETE FROM agentpulse.heartbeat");

            assertThatFixMends(connection, connection, "The row of agentpulse.heartbeat that moves time is gone.");
        }
    }

    @Test
    void refusesAConnectionInATransaction() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);

            assertThatThrownBy(() -> new Preflight().check(connection, TARGET))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("connection must be in auto-commit mode, but is in a transaction");
        }
    }

    /** A long transaction needs no waiting when the bound is zero. */
    @Test
    void findsATransactionThatHoldsUpTheSlot() throws SQLException {
        Preflight impatient = new Preflight(InstantSource.system(), Duration.ZERO);
        try (Connection connection = database.connect();
                Connection open = database.connect()) {
            open.setAutoCommit(false);
            Sql.run(open, "INSERT INTO public.agent_queries (agent) VALUES ('sales')");

            assertThat(impatient.check(connection, TARGET))
                    .filteredOn(finding -> finding.severity() == Severity.WARNING)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.message())
                                .contains("(idle in transaction) has been open for")
                                .endsWith("and the slot cannot be made before it ends.");
                        assertThat(finding.fix()).startsWith("SELECT pg_terminate_backend(");
                    });

            open.rollback();
            assertThat(messages(impatient.check(connection, TARGET), Severity.WARNING))
                    .isEmpty();
        }
    }

    private static void assertThatFixMends(Connection owner, Connection checked, String message) throws SQLException {
        List<Finding> findings = new Preflight().check(checked, TARGET);
        assertThat(messages(findings, Severity.ERROR)).contains(message);
        for (Finding finding : findings) {
            if (finding.message().equals(message)) {
                Sql.run(owner, String.valueOf(finding.fix()));
            }
        }
        assertThat(messages(new Preflight().check(checked, TARGET), Severity.ERROR))
                .doesNotContain(message);
    }

    private static List<String> messages(List<Finding> findings, Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .map(Finding::message)
                .toList();
    }
}
