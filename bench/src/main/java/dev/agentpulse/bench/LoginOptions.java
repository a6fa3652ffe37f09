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
            names = "--username",
            paramLabel = "ROLE",
            description = "Role that may write to the queries table (default: ${DEFAULT-VALUE}). Its password comes"
                    + " from --password-file or AGENTPULSE_DATABASE_PASSWORD.")
    private String username = "postgres";

    @Option(names = "--password-file", paramLabel = "FILE", description = "File whose first line is the password.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--queries-table",
            paramLabel = "TABLE",
            description = "The table of queries, with its schema (default: ${DEFAULT-VALUE}).")
    private String queriesTable = "public.agent_queries";

    public String username() {
        return username;
    }

    public String queriesTable() {
        return queriesTable;
    }

    /** Null where none was given. */
    public @Nullable String password() throws IOException {
        if (passwordFile == null) {
            return System.getenv(PASSWORD_VARIABLE);
        }
        try (var lines = Files.lines(passwordFile)) {
            return lines.findFirst().orElse("");
        }
    }
}
