package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.Database;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.flink.runtime.util.EnvironmentInformation;

/**
 * On what was measured.
 *
 * @param memoryMegabytes of the machine; 0 where the system does not tell
 * @param load average of the last minute, before the measurement; below 0 where the system does not tell
 * @param commit of the checkout, with {@code +} when files were changed
 */
record Machine(
        String processor,
        int cores,
        long memoryMegabytes,
        String system,
        String java,
        String flink,
        String postgres,
        String commit,
        double load) {

    private static final int KILO = 1_024;

    static Machine look(Database database, Path home) throws SQLException, InterruptedException {
        return new Machine(
                line(Path.of("/proc/cpuinfo"), "model name", "unknown"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(line(Path.of("/proc/meminfo"), "MemTotal", "0").replaceAll("\\D", "")) / KILO,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                EnvironmentInformation.getVersion(),
                postgres(database),
                commit(home),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String postgres(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('server_version') || ', fsync '"
                        + " || current_setting('fsync') || ', synchronous_commit '"
                        + " || current_setting('synchronous_commit') || ', shared_buffers '"
                        + " || current_setting('shared_buffers')")) {
            row.next();
            return row.getString(1);
        }
    }

    private static String commit(Path home) throws InterruptedException {
        String commit = git(home, "rev-parse", "--short", "HEAD");
        return commit.isEmpty()
                ? "unknown"
                : commit + (git(home, "status", "--porcelain").isEmpty() ? "" : "+");
    }

    private static String git(Path home, String... arguments) throws InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process git = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? said : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String line(Path file, String key, String otherwise) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
