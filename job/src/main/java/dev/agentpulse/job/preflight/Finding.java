package dev.agentpulse.job.preflight;

import org.jspecify.annotations.Nullable;

/**
 * What one check found.
 *
 * @param subject what was looked at, such as a setting or a table
 * @param message one sentence
 * @param fix the statement or command that mends it; null when nothing needs mending
 */
public record Finding(
        Severity severity,
        String subject,
        String message,
        @Nullable String fix) {

    /** Whether the job can start. */
    public enum Severity {
        OK,
        /** The job starts, but something will cost latency, disk or a later surprise. */
        WARNING,
        /** The job cannot start, or would give wrong results. */
        ERROR
    }

    /** What was found and what mends it, for a log or an alert. */
    public String sentence() {
        return fix == null ? message : message + " Mend it: " + fix;
    }

    static Finding ok(String subject, String message) {
        return new Finding(Severity.OK, subject, message, null);
    }

    static Finding warning(String subject, String message, String fix) {
        return new Finding(Severity.WARNING, subject, message, fix);
    }

    static Finding error(String subject, String message, String fix) {
        return new Finding(Severity.ERROR, subject, message, fix);
    }
}
