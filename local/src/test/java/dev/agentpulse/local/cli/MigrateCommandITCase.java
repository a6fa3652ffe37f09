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
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who migrates without being a superuser. */
class MigrateCommandITCase {

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
    void runsAgainWhatADeadlockWithAJobHasUndone() throws Exception {
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(folder.resolve("postgres"), LoopbackPorts.anyFree(), false)) {
            DatabaseAddress superuser = database.address();
            String[] migrate = {"migrate", "--create-source-tables", "--database-url=" + superuser.jdbcUrl()};
            screenOf(migrate);
            try (Connection job = superuser.connect("test", SessionKind.MIGRATION);
                    Statement statement = job.createStatement()) {
                List<String> tables = Sql.rows(job, """
                        SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'agentpulse_read' ORDER BY polrelid""");
                for (String table : tables) {
                    statement.execute("DROP POLICY agentpulse_read ON " + table);
                }
                // The migration sees the deadlock first, and so is the side that is ended.
                statement.execute("ALTER DATABASE agentpulse SET deadlock_timeout = '3s'");
                statement.execute("SET deadlock_timeout = '1h'");
                job.setAutoCommit(false);
                statement.execute("LOCK TABLE " + tables.get(tables.size() - 1) + " IN ROW EXCLUSIVE MODE");

                CompletableFuture<String> screen = CompletableFuture.supplyAsync(() -> screenOf(migrate));
                List<String> taken = List.of();
                while (taken.isEmpty()) {
                    assertThat(screen).isNotDone();
                    taken = Sql.rows(job, """
                            SELECT t.relation::regclass::text FROM pg_locks w JOIN pg_locks t USING (pid), pg_sleep(0.02)
                             WHERE NOT w.granted AND t.granted AND t.mode = 'AccessExclusiveLock'
                               AND t.relation::regclass::text = ANY (string_to_array('%s', ' '))""".formatted(String.join(" ", tables)));
                }
                statement.execute("LOCK TABLE " + taken.get(0) + " IN ROW EXCLUSIVE MODE");
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
