package dev.agentpulse.job.sql;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.proof.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;

/** One database of the test server, and the shipped migrations to apply to it. */
public record Database(EmbeddedPostgres server, String name) {

    private static final String SUPERUSER = "postgres";

    private static final Map<String, String> DEMO_PLACEHOLDERS = Map.of(
            "queries_table", "public.agent_queries",
            "approvals_table", "public.agent_approvals",
            "feedback_table", "public.agent_feedback",
            "publication", "agentpulse",
            "create_source_tables", "true");

    /** Connects as the superuser. */
    public Connection connect() throws SQLException {
        return connectAs(SUPERUSER);
    }

    public DatabaseConfig config(String user) {
        return new DatabaseConfig("jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name, user, "");
    }

    public Connection connectAs(String user) throws SQLException {
        return server.getDatabase(user, name).getConnection();
    }

    /** Connects as the superuser and becomes a role that cannot log in. */
    public Connection connectInRole(String role) throws SQLException {
        Connection connection = connect();
        Sql.run(connection, "SET ROLE " + role);
        return connection;
    }

    /** Connects as the job does. */
    public Connection connect(SessionKind kind) throws SQLException {
        return DatabaseSessions.open(config(SUPERUSER), "test", kind);
    }

    /**
     * Makes partitions of the history tables for rows that a test writes by itself.
     *
     * @param since SQL of the first time
     * @param until SQL of the last time
     */
    public void makeHistoryPartitions(String since, String until) throws SQLException {
        try (Connection connection = connect()) {
            Sql.rows(connection, """
                    SELECT count(p.until)
                      FROM unnest(ARRAY['agent_performance_history', 'approval_history', 'training_history']) AS t (name),
                           unnest(ARRAY['1m', '15m', '1h', '1d']) AS l (bucket),
                           (SELECT %1$s + n * interval '1 day' FROM generate_series(0, 40) AS n
                             WHERE %1$s + n * interval '1 day' < %2$s UNION ALL SELECT %2$s) AS d (at),
                           agentpulse.make_history_partition(t.name, l.bucket, d.at, true) AS p""".formatted(since, until));
        }
    }

    /** Migrates as the demo does: source tables included. */
    public MigrateResult migrate() {
        return migrate(SUPERUSER, Map.of());
    }

    /** Migrates a database whose source tables are the user's. */
    public MigrateResult migrateUserTables() {
        return migrate(SUPERUSER, Map.of("create_source_tables", "false"));
    }

    /** Migrates up to a version, without what is done after every migration. */
    public void migrateTo(String version) {
        flyway(SUPERUSER, Map.of())
                .skipDefaultCallbacks(true)
                .target(version)
                .load()
                .migrate();
    }

    /** Migrates as a user, with placeholders that differ from the demo's. */
    public MigrateResult migrate(String user, Map<String, String> placeholders) {
        return flyway(user, placeholders).load().migrate();
    }

    private FluentConfiguration flyway(String user, Map<String, String> placeholders) {
        Map<String, String> all = new HashMap<>(DEMO_PLACEHOLDERS);
        all.putAll(placeholders);
        DatabaseConfig config = config(user);
        Map<String, String> properties = new HashMap<>();
        DatabaseSessions.properties(config, "agentpulse migrate", SessionKind.MIGRATION)
                .forEach((key, value) -> properties.put(key.toString(), value.toString()));
        return Flyway.configure()
                .dataSource(config.jdbcUrl(), user, "")
                .jdbcProperties(properties)
                .locations("classpath:sql/postgres", "classpath:sql/supabase")
                .defaultSchema("agentpulse")
                .table("schema_history")
                .placeholders(all);
    }
}
