package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.proof.Sql;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who migrates without being a superuser. */
class MigrateCommandITCase {

    private static final int MINUTES = 10;
    private static final long POLL_MILLIS = 20;

    @TempDir
    Path folder;

    @Test
    void showsWhatItCouldNotDoAndHowToDoIt() throws Exception {
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(folder.resolve("postgres"), LoopbackPorts.anyFree(), false)) {
            DatabaseAddress superuser = database.address();
            try (Connection connection = superuser.connect("test", SessionKind.MIGRATION);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'of the owner'");
                statement.execute("GRANT CREATE ON DATABASE agentpulse TO owner");
                statement.execute("GRANT CREATE ON SCHEMA public TO owner");
                statement.execute("CREATE VIEW public.mv_approval_queue_summary AS SELECT 1 AS mine");
            }
            String url = superuser.jdbcUrl();
            Path password = Files.writeString(folder.resolve("owner.password"), "of the owner\n");

            String screen = screenOf(
                    "migrate",
                    "--create-source-tables",
                    "--database-url=" + url,
                    "--username=owner",
                    "--password-file=" + password);

            assertThat(screen)
                    .contains(
                            "may not grant REPLICATION: have an administrator run \"ALTER ROLE agentpulse_capture REPLICATION\"")
                    .contains("public.mv_approval_queue_summary is a view of your own and stays as it is")
                    .contains("migrations applied.")
                    .doesNotContain("SQL State");
        }
    }

    @Test
    @Timeout(value = MINUTES, unit = TimeUnit.MINUTES)
    void runsAgainWhatADeadlockWithAJobHasUndone() throws Exception {
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(folder.resolve("postgres"), LoopbackPorts.anyFree(), false)) {
            DatabaseAddress superuser = database.address();
            String[] migrate = {"migrate", "--create-source-tables", "--database-url=" + superuser.jdbcUrl()};
            screenOf(migrate);
            try (Connection job = superuser.connect("test", SessionKind.MIGRATION);
                    Connection other = superuser.connect("test", SessionKind.MIGRATION)) {
                List<String> tables = Sql.rows(job, """
                        SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'agentpulse_read' ORDER BY polrelid""");
                for (String table : tables) {
                    Sql.run(job, "DROP POLICY agentpulse_read ON " + table);
                }
                // This one is made behind all of them.
                Sql.run(job, "DROP POLICY agentpulse_capture ON agentpulse.heartbeat");
                // Who waits looks for a deadlock once: the migration waits last, sees it, and is the one that is ended.
                Sql.run(job, "SET deadlock_timeout = '1h'");
                job.setAutoCommit(false);
                Sql.run(job, "LOCK TABLE agentpulse.heartbeat IN ROW EXCLUSIVE MODE");
                other.setAutoCommit(false);
                Sql.run(other, "LOCK TABLE " + tables.get(tables.size() - 1) + " IN ROW EXCLUSIVE MODE");

                CompletableFuture<String> screen = CompletableFuture.supplyAsync(() -> screenOf(migrate));
                List<String> taken = List.of();
                while (taken.isEmpty()) {
                    assertThat(screen).isNotDone();
                    Thread.sleep(POLL_MILLIS);
                    taken = Sql.rows(other, """
                            SELECT t.relation::regclass::text FROM pg_locks w JOIN pg_locks t USING (pid)
                             WHERE NOT w.granted AND t.granted AND t.mode = 'AccessExclusiveLock'
                               AND t.relation::regclass::text = ANY (string_to_array('%s', ' '))""".formatted(String.join(" ", tables)));
                }
                String first = taken.get(0);
                CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> lock(job, first));
                while (Sql.rows(other, "SELECT pid FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'")
                        .isEmpty()) {
                    assertThat(waiting).isNotDone();
                    Thread.sleep(POLL_MILLIS);
                }
                other.rollback();
                waiting.get();
                job.commit();

                assertThat(screen.get()).contains("nothing was missing.");
                assertThat(Sql.rows(job, "SELECT polrelid::text FROM pg_policy WHERE polname = 'agentpulse_read'"))
                        .hasSameSizeAs(tables);
            }
        }
    }

    @Test
    void callsNoFunctionThatSomebodyPlanted() throws Exception {
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(folder.resolve("postgres"), LoopbackPorts.anyFree(), false)) {
            DatabaseAddress superuser = database.address();
            try (Connection connection = superuser.connect("test", SessionKind.MIGRATION)) {
                // Fits calls with two texts better than the built-in one, and the sequence remembers those that are
                // undone.
                Sql.run(connection, "CREATE SEQUENCE public.planted_calls", """
                        CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE plpgsql AS $$
                        BEGIN
                          PERFORM pg_catalog.nextval('public.planted_calls');
                          RETURN pg_catalog.format($1, VARIADIC ARRAY[$2]);
                        END $$""");
                Sql.run(connection, "ALTER ROLE postgres SET search_path = public");

                screenOf("migrate", "--create-source-tables", "--database-url=" + superuser.jdbcUrl());

                assertThat(Sql.rows(connection, "SELECT is_called FROM public.planted_calls"))
                        .containsExactly("f");
            }
        }
    }

    private static void lock(Connection connection, String table) {
        try {
            Sql.run(connection, "LOCK TABLE " + table + " IN ROW EXCLUSIVE MODE");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static String screenOf(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        System.setOut(new PrintStream(screen, true, StandardCharsets.UTF_8));
        try {
            assertThat(AgentPulseCli.commandLine().execute(arguments)).isZero();
        } finally {
            System.setOut(before);
        }
        return screen.toString(StandardCharsets.UTF_8);
    }
}
