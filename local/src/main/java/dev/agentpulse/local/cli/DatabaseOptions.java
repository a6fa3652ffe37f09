package dev.agentpulse.local.cli;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.demo.Demo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How commands are told about an existing database. */
final class DatabaseOptions {

    private static final String PASSWORD_VARIABLE = "AGENTPULSE_DATABASE_PASSWORD";

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "An existing database, as jdbc:postgresql://host:port/database or"
                    + " postgresql://user@host:port/database.")
    @Nullable
    String url;

    @Option(
            names = "--username",
            paramLabel = "ROLE",
            description = "Role to log in as (default: the URL's, or postgres).")
    @Nullable
    String username;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password. Without it, the environment variable"
                    + " AGENTPULSE_DATABASE_PASSWORD is used.")
    @Nullable
    Path passwordFile;

    /** The database that was named, or null. */
    @Nullable
    DatabaseAddress named() {
        return url == null ? null : DatabaseAddress.parse(url, username, password());
    }

    /** The database that was named, or the one that a demo on its usual port has. */
    DatabaseAddress namedOrDemo() {
        DatabaseAddress named = named();
        return named != null
                ? named
                : new DatabaseAddress(
                        DatabaseAddress.loopback(DemoCommand.POSTGRES_PORT, "agentpulse")
                                .jdbcUrl(),
                        username == null ? "postgres" : username,
                        password());
    }

    /** The file that was named; without one, and without a URL, that of the demo on its usual ports. */
    @Nullable
    Path passwordFile() {
        if (passwordFile != null || url != null || username != null || System.getenv(PASSWORD_VARIABLE) != null) {
            return passwordFile;
        }
        Path ofDemo = Demo.usualFolder(DemoCommand.FLINK_PORT).resolve("superuser.password");
        return Files.isReadable(ofDemo) ? ofDemo : null;
    }

    private @Nullable String password() {
        Path file = passwordFile();
        if (file == null) {
            return System.getenv(PASSWORD_VARIABLE);
        }
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            throw new CliFailure("--password-file names a file that cannot be read: " + file, e);
        }
    }
}
