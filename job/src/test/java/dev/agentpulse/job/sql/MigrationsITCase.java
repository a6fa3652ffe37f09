package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The migrations on an empty database, on a user's database, and run again. */
class MigrationsITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final String RESULT_COLUMNS = """
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = 'agentpulse'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
             ORDER BY c.relname, a.attnum""";

    @Test
    void createsAllTablesInAnEmptyDatabase() throws SQLException {
        Database database = SERVER.newDatabase();

        database.migrate();

        try (Connection connection = database.connect()) {
            assertThat(Sql.rows(connection, tablesIn("agentpulse")))
                    .containsExactly(
                            "acknowledgement",
                            "agent_capacity",
                            "agent_forecast",
                            "agent_health",
                            "agent_performance",
                            "agent_performance_history",
                            "agent_quality",
                            "agent_trend",
                            "alert_record",
                            "annotator_activity",
                            "annotator_agreement",
                            "approval_activity",
                            "approval_forecast",
                            "approval_history",
                            "approval_queue",
                            "audit_head",
                            "audit_log",
                            "audit_oracle",
                            "audit_pending",
                            "audit_proof",
                            "audit_result",
                            "channel_event",
                            "data_quality_daily",
                            "heartbeat",
                            "history_progress",
                            "history_reach",
                            "incident_note",
                            "pipeline_status",
                            "rejected_change",
                            "retention_run",
                            "schema_history",
                            "source_shape",
                            "staged_record",
                            "training_history",
                            "training_quality");
            assertThat(Sql.rows(connection, tablesIn("public")))
                    .containsExactly("agent_approvals", "agent_feedback", "agent_queries");
        }
    }

    @Test
    void keepsTheUsersTablesAndRows() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            createUserTables(connection);

            database.migrateUserTables();

            assertThat(Sql.rows(connection, "SELECT agent, tenant FROM public.agent_queries"))
                    .containsExactly("sales|7");
            assertThat(Sql.rows(
                            connection,
                            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
                                    + " AND table_name = 'agent_queries' ORDER BY ordinal_position"))
                    .containsExactly("id", "tenant", "agent", "latency_ms", "created_at");
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                                    + " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"))
                    .containsExactly("0");
        }
    }

    private static void createUserTables(Connection connection) throws SQLException {
        Sql.run(
                connection,
                "CREATE TABLE public.agent_queries (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant int,"
                        + " agent text, latency_ms int, created_at timestamptz)",
                "INSERT INTO public.agent_queries (tenant, agent) VALUES (7, 'sales')",
                "CREATE TABLE public.agent_approvals (id text PRIMARY KEY, status text)",
                "CREATE TABLE public.agent_feedback (id int PRIMARY KEY, rubric jsonb)");
    }

    @Test
    void changesNothingWhenRunAgain() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrate();
        try (Connection connection = database.connect()) {
            List<String> before = catalog(connection);

            assertThat(database.migrate().migrationsExecuted).isZero();

            assertThat(catalog(connection)).isEqualTo(before);
        }
    }

    /** Definitions and rights of everything in both schemas. */
    private static List<String> catalog(Connection connection) throws SQLException {
        List<String> catalog = Sql.rows(connection, RESULT_COLUMNS);
        catalog.addAll(Sql.rows(
                connection,
                "SELECT oid, relname, relacl, relreplident, relrowsecurity, reloptions FROM pg_class"
                        + " WHERE relnamespace IN ('agentpulse'::regnamespace, 'public'::regnamespace) ORDER BY oid"));
        catalog.addAll(Sql.rows(connection, "SELECT * FROM pg_policies ORDER BY tablename, policyname"));
        catalog.addAll(Sql.rows(connection, "SELECT * FROM pg_publication_rel ORDER BY oid"));
        catalog.addAll(Sql.rows(connection, "SELECT * FROM agentpulse.schema_history ORDER BY installed_rank"));
        return catalog;
    }

    @Test
    void stopsBeforeItMakesATableWhenASourceTableIsMissing() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            createUserTables(connection);
            Sql.run(connection, "DROP TABLE public.agent_feedback");

            assertThatThrownBy(database::migrateUserTables)
                    .hasMessageContaining("The source table public.agent_feedback does not exist in database "
                            + database.name()
                            + ": create it, name the right table, or let the migration create it with"
                            + " create_source_tables=true, then migrate again.");
            assertThat(Sql.rows(connection, tablesIn("agentpulse"))).containsExactly("schema_history");

            Sql.run(connection, "CREATE TABLE public.agent_feedback (id int PRIMARY KEY)");
            database.migrateUserTables();
        }
    }

    @Test
    void commentsEveryTableAndColumn() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrate();

        try (Connection connection = database.connect()) {
            assertThat(Sql.rows(connection, """
                            SELECT c.relname, a.attname
                              FROM pg_class c
                              JOIN pg_attribute a ON a.attrelid = c.oid AND (a.attnum > 0 OR a.attname = 'tableoid')
                                  AND NOT a.attisdropped
                             WHERE c.relnamespace IN ('agentpulse'::regnamespace, 'public'::regnamespace)
                               AND c.relkind IN ('r', 'p')
                               AND c.relname <> 'schema_history'
                               AND CASE WHEN a.attnum > 0 THEN col_description(c.oid, a.attnum)
                                        ELSE obj_description(c.oid, 'pg_class') END IS NULL""")).isEmpty();
        }
    }

    @Test
    void indexesOnlyTheKeyOfTablesThatEveryTickRewrites() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrate();

        try (Connection connection = database.connect()) {
            assertThat(Sql.rows(connection, """
                            SELECT c.relname, i.indexrelid::regclass
                              FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
                             WHERE c.relnamespace = 'agentpulse'::regnamespace
                               AND c.relname IN ('agent_performance', 'agent_health', 'approval_queue',
                                   'approval_activity', 'training_quality', 'annotator_activity', 'pipeline_status')
                               AND NOT i.indisprimary""")).isEmpty();
        }
    }

    /** The page's charts of history ask so every half a minute. */
    @Test
    void findsTheIncidentsOfChartsAmongManyAlerts() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrate();

        try (Connection connection = database.connect()) {
            Sql.run(connection, """
                    INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at, resolved_at)
                    SELECT n::text, CASE n % 1000 WHEN 0 THEN 'agent_degraded' WHEN 1 THEN 'volume_anomaly'
                               WHEN 2 THEN 'approval_sla_breach' ELSE 'slow_query' END, 'a' || n % 7, 'info', 'resolved',
                           now() - n * interval '1 minute', now() - n * interval '1 minute'
                      FROM generate_series(1, 30000) n""", "ANALYZE agentpulse.alert_record");
            for (String asked : List.of(
                    "rule = ANY (ARRAY['agent_degraded', 'latency_anomaly', 'volume_anomaly'])",
                    "rule = ANY (ARRAY['agent_degraded', 'volume_anomaly']) AND subject = 'a3'",
                    "rule = ANY (ARRAY['quality_drop', 'rate_anomaly'])")) {
                assertThat(planOfIncidents(connection, asked)).contains("alert_of_agents");
            }
            assertThat(planOfIncidents(connection, "rule = ANY (ARRAY['approval_sla_breach'])"))
                    .contains("alert_of_approvals");
        }
    }

    private static String planOfIncidents(Connection connection, String asked) throws SQLException {
        return String.join("\n", Sql.rows(connection, """
                        EXPLAIN SELECT alert_id, rule, subject, opened_at, resolved_at FROM agentpulse.alert
                         WHERE %s AND opened_at < now()
                           AND (resolved_at IS NULL OR resolved_at >= now() - interval '90 days')
                         ORDER BY opened_at DESC, alert_id LIMIT 1000""".formatted(asked)));
    }

    @Test
    void publishesTheSourceTablesAndTheHeartbeatWithFullImages() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrate();

        try (Connection connection = database.connect()) {
            assertThat(published(connection))
                    .containsExactly(
                            "agentpulse.heartbeat|f",
                            "public.agent_approvals|f",
                            "public.agent_feedback|f",
                            "public.agent_queries|f");
            assertThat(Sql.rows(
                            connection,
                            "SELECT pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot FROM pg_publication"))
                    .containsExactly("t|t|t|t|t");
            assertThat(Sql.rows(connection, "SELECT id, beat FROM agentpulse.heartbeat"))
                    .containsExactly("1|0");
        }
    }

    @Test
    void completesAPublicationThatIsThere() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            createUserTables(connection);
            Sql.run(
                    connection,
                    "CREATE TABLE public.other (id int PRIMARY KEY)",
                    "CREATE PUBLICATION agentpulse FOR TABLE public.other, public.agent_queries"
                            + " WITH (publish = 'insert')");

            database.migrateUserTables();

            assertThat(published(connection))
                    .containsExactly(
                            "agentpulse.heartbeat|f",
                            "public.agent_approvals|f",
                            "public.agent_feedback|f",
                            "public.agent_queries|f",
                            "public.other|d");
            assertThat(Sql.rows(connection, "SELECT pubdelete, pubtruncate, pubviaroot FROM pg_publication"))
                    .containsExactly("t|t|t");
        }
    }

    @Test
    void takesInAPartitionThatCameLater() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            createUserTables(connection);
            Sql.run(
                    connection,
                    "DROP TABLE public.agent_queries",
                    "CREATE TABLE public.agent_queries (id int, agent text, created_at timestamptz)"
                            + " PARTITION BY RANGE (created_at)",
                    "CREATE TABLE public.early PARTITION OF public.agent_queries FOR VALUES FROM (MINVALUE) TO ('2020-01-01')");
            database.migrateUserTables();
            Sql.run(
                    connection,
                    "CREATE TABLE public.late PARTITION OF public.agent_queries FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)");

            database.migrateUserTables();

            assertThat(Sql.rows(
                            connection,
                            "SELECT relname, relreplident FROM pg_class WHERE relname IN ('early', 'late') ORDER BY 1"))
                    .containsExactly("early|f", "late|f");
            assertThat(published(connection)).contains("public.agent_queries|f");
        }
    }

    @Test
    void tellsTheOwnerOfTheSourceTablesWhatToRun() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            createUserTables(connection);
            Sql.run(
                    connection,
                    "CREATE ROLE deployer LOGIN CREATEROLE",
                    "GRANT CREATE ON DATABASE " + database.name() + " TO deployer");
            Map<String, String> userTables = Map.of("create_source_tables", "false");

            Throwable refusal = catchThrowable(() -> database.migrate("deployer", userTables));

            assertThat(refusal)
                    .hasMessageContaining("User deployer does not own all that the change stream needs:"
                            + " have the owner of the tables, or a superuser, run \"");
            // What the message says is what helps.
            Sql.run(connection, String.valueOf(refusal.getMessage()).split("\"", -1)[1]);
            database.migrate("deployer", userTables);
            assertThat(published(connection)).hasSize(4).allMatch(row -> row.endsWith("|f"));
        }
    }

    @Test
    void givesUpRatherThanHoldUpWritersBehindALongTransaction() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect();
                Connection longTransaction = database.connect()) {
            createUserTables(connection);
            longTransaction.setAutoCommit(false);
            Sql.rows(longTransaction, "SELECT agent FROM public.agent_queries");

            assertThatThrownBy(database::migrateUserTables)
                    .hasMessageContaining(
                            "A source table is held by a transaction that has been open for more than 5 s");

            longTransaction.rollback();
            database.migrateUserTables();
            assertThat(published(connection)).contains("public.agent_queries|f");
        }
    }

    private static List<String> published(Connection connection) throws SQLException {
        return Sql.rows(connection, """
                SELECT p.schemaname || '.' || p.tablename AS name, c.relreplident
                  FROM pg_publication_tables p
                  JOIN pg_class c ON c.oid = format('%I.%I', p.schemaname, p.tablename)::regclass
                 WHERE p.pubname = 'agentpulse'
                 ORDER BY name""");
    }

    private static String tablesIn(String schema) {
        return "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = '"
                + schema + "'::regnamespace ORDER BY relname";
    }
}
