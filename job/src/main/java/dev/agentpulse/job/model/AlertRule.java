package dev.agentpulse.job.model;

import java.util.Locale;

/** The rules of the contract. */
public enum AlertRule {
    SLOW_QUERY,
    AGENT_DEGRADED,
    APPROVAL_SLA_BREACH,
    UNSAFE_RESPONSE,
    /** An agent has far more or fewer queries than at this time of the weeks before, or none. */
    VOLUME_ANOMALY,
    /** An agent is far slower than at this time of the weeks before. */
    LATENCY_ANOMALY,
    /** Of an agent's reviewed answers far more or fewer are rejected or edited than in the last seven days and the hour before. */
    RATE_ANOMALY,
    /** An agent's answers of the last 24 hours are worse than those of the 30 days before. */
    QUALITY_DROP,
    /** Something about the pipeline itself, such as what it reads from. */
    PIPELINE,
    /** A figure that is not what plain SQL says. */
    AUDIT_MISMATCH,
    /** Rows of a source table and day that are not as good as they should be. */
    DATA_QUALITY;

    /** The word in {@code alert.rule}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The id of an alert that opens at an instant. The instant is a function of the log, so a replay names the same
     * alert.
     */
    public String alertIdAt(String subject, long openedAtMicros) {
        return text() + ":" + subject + ":" + openedAtMicros;
    }

    /** The id of an alert that one change opens; ids of one subject sort as the log does. */
    public String alertIdAt(String subject, LogPosition position) {
        return text() + ":" + subject + ":" + position.key();
    }
}
