package dev.agentpulse.job;

/**
 * The operators' uids and names. A uid names state in savepoints and never changes; a name is what the web UI shows and
 * may be reworded.
 */
enum Operators {
    HEARTBEAT_SOURCE("heartbeat-source", "Heartbeat"),
    HEARTBEAT_SINK("heartbeat-sink", "Write heartbeat"),
    CHANGE_SOURCE("change-source", "Read change stream"),
    LOG_CLOCK("clock", "Log clock"),
    CHANGE_ROUTER("change-router", "Changes by key"),
    AGENT_PERFORMANCE("agent-windows", "Agent performance windows"),
    HISTORY("agent-history", "History"),
    OUTLOOK("agent-outlook", "Outlook"),
    AGENT_DEGRADED("agent-degraded", "Degraded agents"),
    APPROVAL_QUEUE("approval-windows", "Approval queue and activity"),
    SLA_CLOCK("sla-deadlines", "SLA clock"),
    TRAINING_QUALITY("quality-windows", "Training quality windows"),
    ANNOTATOR_ACTIVITY("annotator-windows", "Annotator windows"),
    QUERY_FEED("query-feed", "Feed of new queries"),
    SLOW_QUERY("slow-query", "Slow queries"),
    REVIEW_FEED("review-feed", "Feed of approvals and feedback"),
    UNSAFE_RESPONSE("unsafe-response", "Unsafe responses"),
    LEDGER("ledger", "Changes for the ledger"),
    LEDGER_SINK("ledger-sink", "Write ledger"),
    TICK_SINK("tick-sink", "Write ticks");

    private final String uid;
    private final String title;

    Operators(String uid, String title) {
        this.uid = uid;
        this.title = title;
    }

    String uid() {
        return uid;
    }

    String title() {
        return title;
    }
}
