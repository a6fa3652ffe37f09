package dev.agentpulse.local.stack.database;

import dev.agentpulse.local.CliFailure;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Applies {@code sql/postgres} and {@code sql/supabase}; what is there already stays as it is. */
public final class Migrations {

    private static final String SCHEMA = "agentpulse";
    private static final String HISTORY_TABLE = "schema_history";
    private static final String RAISED = "ERROR: ";

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
        MigrationNotices notices = new MigrationNotices();
        LogFactory.setLogCreator(notices);
        Flyway flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(database.jdbcUrl(), database.username(), database.password())
                .locations("classpath:sql/postgres", "classpath:sql/supabase")
                .defaultSchema(SCHEMA)
                .table(HISTORY_TABLE)
                .placeholders(Map.of(
                        "queries_table", tables.queries(),
                        "approvals_table", tables.approvals(),
                        "feedback_table", tables.feedback(),
                        "publication", tables.publication(),
                        "create_source_tables", Boolean.toString(createSourceTables)))
                .load();
        try {
            int applied = flyway.migrate().migrationsExecuted;
            return new Outcome(applied, notices.messages());
        } catch (FlywayException e) {
            throw new CliFailure("The migration stopped: " + reason(e), e);
        }
    }

    /** The sentence that the database raised, without the frame of file and statement that Flyway puts around it. */
    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            deepest = cause;
        }
        String message = String.valueOf(deepest.getMessage());
        String first = message.lines().findFirst().orElse(message);
        return first.startsWith(RAISED) ? first.substring(RAISED.length()) : first;
    }
}
