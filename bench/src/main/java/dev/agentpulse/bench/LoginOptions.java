package dev.agentpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who writes rows to be measured, and where to. */
public final class LoginOptions {

    private static final String PASSWORD_VARIABLE = "AGENTPULSE_DATABASE_PASSWORD";

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "JDBC URL, without a password (default: ${DEFAULT-VALUE}, the demo's).")
    private String databaseUrl = "jdbc:postgresql://127.0.0.1:5433/agentpulse";

    @Option(
            names = "--username",
            paramLabel = "ROLE",
            description = "Role that may write to the queries table (default: ${DEFAULT-VALUE}). Its password comes"
                    + " from --password-file or AGENTPULSE_DATABASE_PASSWORD; a demo's is found without.")
    private String username = "postgres";

    @Option(names = "--password-file", paramLabel = "FILE", description = "File whose first line is the password.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--queries-table",
            paramLabel = "TABLE",
            description = "The table of queries, with its schema (default: ${DEFAULT-VALUE}).")
    private String queriesTable = "public.agent_queries";

    public String queriesTable() {
        return queriesTable;
    }

    /**
     * Where to write, with the password that was found.
     *
     * @throws IllegalArgumentException if the URL is not one of Postgres, or holds a password
     */
    public Database database() throws IOException {
        return new Database(databaseUrl, username, password());
    }

    private @Nullable String password() throws IOException {
        if (passwordFile != null) {
            try (var lines = Files.lines(passwordFile)) {
                return lines.findFirst().orElse("");
            }
        }
        String given = System.getenv(PASSWORD_VARIABLE);
        Path demos = Path.of(System.getProperty("agentpulse.home", ""), ".agentpulse", "demo");
        return given != null
                ? given
                : DemoPassword.of(demos, databaseUrl, username).orElse(null);
    }
}
