package dev.agentpulse.job.model;

/** The channels that listeners know, by their names in {@code LISTEN}. */
public enum Channel {
    AGENT_QUERIES("agent_queries_stream"),
    APPROVAL_QUEUE("approval_queue_stream"),
    PERFORMANCE_ALERT("performance_alert_stream"),
    SLA_BREACH("sla_breach_stream"),
    TRAINING_FEEDBACK("training_feedback_stream");

    private final String channelName;

    Channel(String channelName) {
        this.channelName = channelName;
    }

    public String channelName() {
        return channelName;
    }
}
