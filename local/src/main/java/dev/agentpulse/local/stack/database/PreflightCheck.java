package dev.agentpulse.local.stack.database;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.preflight.Finding;
import dev.agentpulse.job.preflight.Preflight;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.PrintableText;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;

/** Asks a database whether the job can run on it, and tells a person what was found. */
public final class PreflightCheck {

    private PreflightCheck() {}

    public static List<Finding> run(DatabaseAddress database, Configuration jobOptions) {
        SourceConfig source = SourceConfig.from(jobOptions);
        Preflight preflight = new Preflight();
        try (Connection connection = database.connect("agentpulse-preflight")) {
            List<Finding> findings = new ArrayList<>(preflight.check(connection, source));
            findings.addAll(preflight.checkWriter(connection, source));
            findings.addAll(preflight.checkListeners(connection, source, NotificationConfig.from(jobOptions)));
            return findings;
        } catch (SQLException e) {
            throw new CliFailure("There is no way into " + database.forPeople() + ": " + e.getMessage(), e);
        }
    }

    public static boolean canStart(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
    }

    /**
     * One line a finding, and below it what mends it.
     *
     * @param all false to leave out what is in order
     */
    public static void print(List<Finding> findings, boolean all, PrintStream out) {
        for (Finding finding : findings) {
            if (all || finding.severity() != Finding.Severity.OK) {
                out.println(label(finding.severity()) + PrintableText.of(finding.subject() + ": " + finding.message()));
                String fix = finding.fix();
                if (fix != null) {
                    fix.lines()
                            .map(line -> "           " + PrintableText.of(line))
                            .forEach(out::println);
                }
            }
        }
    }

    private static String label(Finding.Severity severity) {
        return switch (severity) {
            case OK -> "  ok       ";
            case WARNING -> "  warning  ";
            case ERROR -> "  ERROR    ";
        };
    }
}
