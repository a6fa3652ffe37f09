package dev.agentpulse.local.stack.database;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.preflight.SchemaOwner;
import dev.agentpulse.local.CliFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** Applies {@code sql/postgres} and {@code sql/supabase}; what is there already stays as it is. */
public final class Migrations {

    private static final String SCHEMA = "agentpulse";
    private static final String HISTORY_TABLE = "schema_history";
    private static final String RAISED = "ERROR: ";

    private static final String DEADLOCK = "40P01";

    /** Generous: a deadlock with a job that writes is rare, and two in a row are rarer. */
    private static final int ATTEMPTS = 10;

    private Migrations() {}

    /**
     * What a run did.
     *
     * @param applied number of migrations that were not there before
     * @param notices what the database wants the administrator to know
     */
    public record Outcome(int applied, List<String> notices) {}

    /**
     * Brings the database to what this build expects.
     *
     * @param createSourceTables true for a demo; false where the tables belong to somebody, who is told when one is
     *     missing
     */
    public static Outcome apply(DatabaseAddress database, SourceTables tables, boolean createSourceTables) {
        MigrationNotices.begin();
        requireTrustedSchema(database);
        DatabaseConfig config = database.config();
        Flyway flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(
                        config.jdbcUrl(), config.username(), config.password().read())
                .jdbcProperties(undisturbed(config))
                .loggers(MigrationNotices.class.getName())
                .locations("classpath:sql/postgres", "classpath:sql/supabase")
                .defaultSchema(SCHEMA)
                .table(HISTORY_TABLE)
                .placeholders(Map.of(
                        "queries_table", placeholder(tables.queries(), createSourceTables),
                        "approvals_table", placeholder(tables.approvals(), createSourceTables),
                        "feedback_table", placeholder(tables.feedback(), createSourceTables),
                        "publication", tables.publication().replace("'", "''"),
                        "create_source_tables", Boolean.toString(createSourceTables)))
                .load();
        try {
            int pending = flyway.info().pending().length;
            migrate(flyway);
            return new Outcome(pending, MigrationNotices.messages());
        } catch (FlywayException e) {
            throw new CliFailure("The migration stopped: " + reason(e), e);
        }
    }

    /**
     * A job may write meanwhile, and takes its tables in another order. Postgres ends one side of a deadlock; each file is
     * a transaction, so one that was ended has left nothing and is run again.
     */
    private static void migrate(Flyway flyway) {
        for (int attempt = 1; ; attempt++) {
            try {
                flyway.migrate();
                return;
            } catch (FlywayException e) {
                boolean isDeadlock = deepest(e) instanceof SQLException cause && DEADLOCK.equals(cause.getSQLState());
                if (!isDeadlock || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void requireTrustedSchema(DatabaseAddress database) {
        try (Connection connection = database.connect("agentpulse migrate", SessionKind.MIGRATION)) {
            SchemaOwner.objection(connection).ifPresent(sentence -> {
                throw new CliFailure(sentence);
            });
        } catch (SQLException e) {
            throw new CliFailure("The migration did not start: " + e.getMessage(), e);
        }
    }

    /** Nothing that is set on the role or the database may change how the files are read. */
    private static Map<String, String> undisturbed(DatabaseConfig config) {
        Properties session = DatabaseSessions.properties(config, "agentpulse migrate", SessionKind.MIGRATION);
        return session.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, session::getProperty));
    }

    /** A name as the files have it: mostly in single quotes, and where a table is created, outside. */
    private static String placeholder(String option, boolean createSourceTables) {
        TableName name = TableName.parse(option);
        if (createSourceTables && name.quoted().contains("'")) {
            throw new CliFailure("A table whose name holds a single quote is not created here: create " + name
                    + " yourself, and migrate without creating source tables.");
        }
        return name.toString().replace("'", "''");
    }

    /** The sentence that the database raised, without the frame of file and statement that Flyway puts around it. */
    private static String reason(Throwable failure) {
        Throwable deepest = deepest(failure);
        String message = String.valueOf(deepest.getMessage());
        String first = message.lines().findFirst().orElse(message);
        return first.startsWith(RAISED) ? first.substring(RAISED.length()) : first;
    }

    private static Throwable deepest(Throwable failure) {
        Throwable deepest = failure;
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            deepest = cause;
        }
        return deepest;
    }
}
