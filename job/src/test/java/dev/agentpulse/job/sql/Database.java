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

    /** Migrates as the demo does: source tables included. */
    public MigrateResult migrate() {
        return migrate(SUPERUSER, Map.of());
    }

    /** Migrates a database whose source tables are the user's. */
    public MigrateResult migrateUserTables() {
        return migrate(SUPERUSER, Map.of("create_source_tables", "false"));
    }

    /** Migrates as a user, with placeholders that differ from the demo's. */
    public MigrateResult migrate(String user, Map<String, String> placeholders) {
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
                .placeholders(all)
                .load()
                .migrate();
    }
}
