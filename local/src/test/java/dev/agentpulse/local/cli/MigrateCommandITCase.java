package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
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
