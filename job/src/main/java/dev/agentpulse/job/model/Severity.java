package dev.agentpulse.job.model;

import java.util.Locale;

/** How much an alert matters, mildest first. */
public enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    /** The word in {@code alert.severity}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
