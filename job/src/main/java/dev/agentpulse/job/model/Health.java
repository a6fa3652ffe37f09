package dev.agentpulse.job.model;

import java.util.Locale;

/** How an agent does, by its last minute. */
public enum Health {
    HEALTHY,
    WARNING,
    DEGRADED,
    IDLE;

    /** The word in {@code agent_health.health_status}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
