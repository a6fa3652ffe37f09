package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.Finding.Severity;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables as people have them: what works as it is, and what is refused with a sentence. */
class TablePreflightITCase {

    private static final SourceConfig DEFAULTS = SourceConfig.from(new Configuration());

    private static final String PARTITIONED = """
            DROP TABLE public.agent_queries;
            CREATE TABLE public.agent_queries (id bigint, conversation_id text, agent text, query text, latency_ms int,
                approved bool, human_edited bool, tenant text DEFAULT 'one', created_at timestamptz DEFAULT now(),
                PRIMARY KEY (%s)) PARTITION BY RANGE (%s);
            ALTER TABLE public.agent_queries REPLICA IDENTITY FULL;
            CREATE TABLE public.part PARTITION OF public.agent_queries FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
            ALTER TABLE public.part REPLICA IDENTITY FULL;
            ALTER PUBLICATION agentpulse ADD TABLE public.agent_queries""";

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private Database database;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
    }

    static Stream<Arguments> harmless() {
        return Stream.of(
                argumentSet("a table that differs by case", "CREATE TABLE public.\"Agent_Queries\" (a int)"),
                argumentSet("other columns", "ALTER TABLE public.agent_queries ADD COLUMN \"Odd one\" numeric[]"),
                argumentSet(
                        "an unused generated column",
                        "ALTER TABLE public.agent_queries ADD COLUMN twice int GENERATED ALWAYS AS (latency_ms * 2) STORED"),
                argumentSet("wide numbers", "ALTER TABLE public.agent_queries ALTER latency_ms TYPE numeric"),
                argumentSet("small numbers", "ALTER TABLE public.agent_queries ALTER latency_ms TYPE smallint"),
                argumentSet("varchar", "ALTER TABLE public.agent_queries ALTER agent TYPE varchar(40)"),
                argumentSet(
                        "citext", "CREATE EXTENSION citext; ALTER TABLE public.agent_queries ALTER agent TYPE citext"),
                argumentSet(
                        "an enum",
                        "CREATE TYPE public.state AS ENUM ('pending', 'approved'); ALTER TABLE public.agent_approvals"
                                + " ALTER status TYPE public.state USING status::public.state"),
                argumentSet(
                        "a domain over a domain",
                        "CREATE DOMAIN public.ms AS int CHECK (VALUE >= 0); CREATE DOMAIN public.latency AS public.ms;"
                                + " ALTER TABLE public.agent_queries ALTER latency_ms TYPE public.latency"),
                argumentSet(
                        "labels of an enum",
                        "CREATE TYPE public.label AS ENUM ('good', 'bad'); ALTER TABLE public.agent_feedback"
                                + " ALTER labels TYPE public.label[] USING labels::public.label[]"),
                argumentSet("json", "ALTER TABLE public.agent_feedback ALTER rubric TYPE json"),
                argumentSet(
                        "uuid",
                        "ALTER TABLE public.agent_feedback ALTER id DROP IDENTITY;"
                                + " ALTER TABLE public.agent_feedback ALTER id TYPE uuid USING gen_random_uuid()"),
                argumentSet(
                        "a unique index instead of a primary key",
                        "ALTER TABLE public.agent_queries DROP CONSTRAINT agent_queries_pkey, ADD UNIQUE (id)"),
                argumentSet("partitions by created_at", PARTITIONED.formatted("id, created_at", "created_at")),
                argumentSet("partitions by id", PARTITIONED.formatted("id", "id")));
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void acceptsWhatCanBeRead(String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, sql);

            assertThat(new Preflight().check(connection, DEFAULTS))
                    .filteredOn(finding -> finding.severity() != Severity.OK)
                    .isEmpty();
        }
    }

    static Stream<Arguments> harmful() {
        return Stream.of(
                argumentSet(
                        "a number that is none",
                        "ALTER TABLE public.agent_queries ALTER latency_ms TYPE text",
                        "public.agent_queries.latency_ms is of type text, but must be integer, bigint or numeric."),
                argumentSet(
                        "labels that are none",
                        "ALTER TABLE public.agent_feedback ALTER labels TYPE int[] USING NULL",
                        "public.agent_feedback.labels is of type integer[], but must be an array of texts."),
                argumentSet(
                        "a generated column",
                        "ALTER TABLE public.agent_queries DROP latency_ms, ADD COLUMN seconds numeric,"
                                + " ADD COLUMN latency_ms int GENERATED ALWAYS AS (seconds * 1000) STORED",
                        "public.agent_queries.latency_ms is a generated column, whose values are not in the change"
                                + " stream."),
                argumentSet(
                        "ids of tenants",
                        "ALTER TABLE public.agent_approvals ADD tenant text DEFAULT 'one',"
                                + " DROP CONSTRAINT agent_approvals_pkey, ADD PRIMARY KEY (tenant, id)",
                        "The key of public.agent_approvals is (tenant, id), but id has to be unique by itself: rows with"
                                + " one id would be taken for one row."),
                argumentSet(
                        "a child",
                        "CREATE TABLE public.child () INHERITS (public.agent_feedback)",
                        "public.child inherits from public.agent_feedback: its rows belong to both, but its changes"
                                + " come under its own name only."),
                argumentSet(
                        "a new partition",
                        PARTITIONED.formatted("id, created_at", "created_at")
                                + "; ALTER TABLE public.part REPLICA IDENTITY DEFAULT",
                        "An update or delete of public.part does not say what the row was before."),
                argumentSet(
                        "names filled up with blanks",
                        "ALTER TABLE public.agent_queries ALTER agent TYPE char(20)",
                        "public.agent_queries.agent is of type character, but must be text, varchar, citext, uuid or an"
                                + " enum."),
                argumentSet(
                        "an unlogged table",
                        "ALTER PUBLICATION agentpulse DROP TABLE public.agent_feedback;"
                                + " ALTER TABLE public.agent_feedback SET UNLOGGED",
                        "public.agent_feedback is unlogged, and what is not in the log has no change stream."));
    }

    @ParameterizedTest
    @MethodSource("harmful")
    void namesWhatCannotBeReadAndTheStatementThatMendsIt(String sql, String message) throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, sql);

            List<Finding> findings = new Preflight().check(connection, DEFAULTS);
            Finding found = findings.stream()
                    .filter(finding -> finding.message().equals(message))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("not found in " + findings));
            Sql.run(connection, String.valueOf(found.fix()));

            assertThat(found.severity()).isEqualTo(Severity.ERROR);
            assertThat(new Preflight().check(connection, DEFAULTS))
                    .extracting(Finding::message)
                    .doesNotContain(message);
        }
    }

    @Test
    void refusesAnIdThatIsUniqueWithinATenantsPartitionOnly() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, PARTITIONED.formatted("tenant, id", "tenant"));

            assertThat(errors(connection, DEFAULTS))
                    .contains("The key of public.agent_queries is (tenant, id), but id has to be unique by itself: rows"
                            + " with one id would be taken for one row.");
        }
    }

    @Test
    void saysThatTimesWithoutZoneAreReadAsUtc() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, "ALTER TABLE public.agent_queries ALTER created_at TYPE timestamp");

            assertThat(new Preflight().check(connection, DEFAULTS))
                    .filteredOn(finding -> finding.severity() != Severity.OK)
                    .extracting(Finding::severity, Finding::message)
                    .containsExactly(tuple(
                            Severity.WARNING,
                            "public.agent_queries.created_at is a timestamp without time zone and is read as UTC."));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"Sales\".\"Agent Queries\"", "\"a.b\".\"c\"\"d'e\"", "public.\"Größe\"", "\"user\".q"})
    void readsAnyName(String name) throws SQLException {
        SourceConfig source = queriesIn(name);
        try (Connection connection = database.connect()) {
            String schema = name.replaceFirst("\\.[^.]*$", "");
            Sql.run(
                    connection,
                    "CREATE SCHEMA IF NOT EXISTS " + schema,
                    "CREATE TABLE " + name + " (LIKE public.agent_queries INCLUDING ALL)");

            for (Finding finding : new Preflight().check(connection, source)) {
                if (finding.fix() != null) {
                    Sql.run(connection, finding.fix());
                }
            }

            assertThat(errors(connection, source)).isEmpty();
        }
    }

    @Test
    void namesTheTableThatWasMeant() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThat(new Preflight().check(connection, queriesIn("public.\"Agent_Queries\"")))
                    .contains(Finding.error(
                            "public.\"Agent_Queries\"",
                            "The table public.\"Agent_Queries\" does not exist in this database, but"
                                    + " public.agent_queries does.",
                            "--agentpulse.source.queries-table 'public.agent_queries'"));
            assertThat(new Preflight().check(connection, queriesIn("public.Agent_Queries")))
                    .extracting(Finding::severity)
                    .containsOnly(Severity.OK);
        }
    }

    @Test
    void refusesAPartitionInPlaceOfItsTable() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, PARTITIONED.formatted("id", "id"));

            assertThat(new Preflight().check(connection, queriesIn("public.part")))
                    .contains(Finding.error(
                            "public.part",
                            "public.part is a partition of public.agent_queries, and its changes come under that name.",
                            "--agentpulse.source.queries-table 'public.agent_queries'"));
        }
    }

    @Test
    void asksForTheIndexesOfALargeTable() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "UPDATE pg_class SET reltuples = 200000 WHERE relname LIKE 'agent_%' AND relkind = 'r'");

            List<Finding> warnings = warnings(connection);
            assertThat(warnings)
                    .extracting(Finding::fix)
                    .containsExactly(
                            "CREATE INDEX CONCURRENTLY ON public.agent_queries (created_at)",
                            "CREATE INDEX CONCURRENTLY ON public.agent_approvals (created_at)",
                            "CREATE INDEX CONCURRENTLY ON public.agent_approvals (updated_at)",
                            "CREATE INDEX CONCURRENTLY ON public.agent_approvals (created_at) WHERE status = 'pending'",
                            "CREATE INDEX CONCURRENTLY ON public.agent_feedback (created_at)");

            for (Finding warning : warnings) {
                Sql.run(connection, String.valueOf(warning.fix()));
            }
            Sql.run(
                    connection,
                    "UPDATE pg_class SET reltuples = 200000 WHERE relname LIKE 'agent_%' AND relkind = 'r'");
            assertThat(warnings(connection)).isEmpty();
        }
    }

    @Test
    void asksForAnIndexInWhoseOrderHistoryIsRead() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "CREATE INDEX ON public.agent_queries USING brin (created_at)",
                    "UPDATE pg_class SET reltuples = 200000 WHERE relname = 'agent_queries'");

            assertThat(warnings(connection)).singleElement().satisfies(warning -> {
                assertThat(warning.message()).startsWith("History").contains("no btree index begins with created_at");
                assertThat(warning.fix()).isEqualTo("CREATE INDEX CONCURRENTLY ON public.agent_queries (created_at)");
            });
            assertThat(Preflight.missingForHistory(connection, DEFAULTS, SourceTable.QUERIES))
                    .contains("no btree index");
            assertThat(Preflight.missingForHistory(connection, DEFAULTS, SourceTable.FEEDBACK))
                    .isNull();
        }
    }

    @Test
    void asksForTheIndexOfALargePartitionedTable() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    PARTITIONED.formatted("id, created_at", "created_at"),
                    "UPDATE pg_class SET reltuples = 200000 WHERE relname = 'part'");

            assertThat(warnings(connection))
                    .extracting(Finding::fix)
                    .containsExactly("CREATE INDEX ON public.agent_queries (created_at)");

            Sql.run(
                    connection,
                    "CREATE INDEX ON public.agent_queries (created_at)",
                    "UPDATE pg_class SET reltuples = 200000 WHERE relname = 'part'");
            assertThat(warnings(connection)).isEmpty();
        }
    }

    private static SourceConfig queriesIn(String name) {
        Configuration options = new Configuration();
        options.set(JobOptions.QUERIES_TABLE, name);
        return SourceConfig.from(options);
    }

    private static List<Finding> warnings(Connection connection) throws SQLException {
        return new Preflight()
                .check(connection, DEFAULTS).stream()
                        .filter(finding -> finding.severity() == Severity.WARNING)
                        .toList();
    }

    private static List<String> errors(Connection connection, SourceConfig source) throws SQLException {
        return new Preflight()
                .check(connection, source).stream()
                        .filter(finding -> finding.severity() == Severity.ERROR)
                        .map(Finding::message)
                        .toList();
    }
}
