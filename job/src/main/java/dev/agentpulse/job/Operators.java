package dev.agentpulse.job;

/**
 * The operators' uids and names. A uid names state in savepoints and never changes; a name is what the web UI shows and
 * may be reworded.
 */
enum Operators {
    HEARTBEAT_SOURCE("heartbeat-source", "Heartbeat"),
    HEARTBEAT_SINK("heartbeat-sink", "Write heartbeat"),
    CHANGE_SOURCE("change-source", "Read change stream"),
    LOG_CLOCK("log-clock", "Log clock"),
    BASELINE_FILTER("baseline-filter", "Snapshot and catch-up"),
    BASELINE("baseline", "Merge snapshot and stream"),
    DIRECT_FILTER("direct-filter", "Stream proper"),
    QUERY_ROUTER("query-router", "Queries by agent"),
    BASELINE_QUERY_ROUTER("baseline-query-router", "Queries by agent (snapshot)"),
    AGENT_PERFORMANCE("agent-performance", "Agent performance windows"),
    AGENT_DEGRADED("agent-degraded", "Degraded agents"),
    CATCH_UP_FILTER("catch-up-filter", "Catch-up"),
    QUERY_FEED("query-feed", "Feed of new queries"),
    CATCH_UP_QUERY_FEED("catch-up-query-feed", "Feed of new queries (catch-up)"),
    SLOW_QUERY("slow-query", "Slow queries"),
    CATCH_UP_SLOW_QUERY("catch-up-slow-query", "Slow queries (catch-up)"),
    APPROVAL_ROUTER("approval-router", "Approvals for the queue"),
    BASELINE_APPROVAL_ROUTER("baseline-approval-router", "Approvals for the queue (snapshot)"),
    APPROVAL_QUEUE("approval-queue", "Approval queue and activity"),
    SLA_ROUTER("sla-router", "Approvals by id"),
    BASELINE_SLA_ROUTER("baseline-sla-router", "Approvals by id (snapshot)"),
    SLA_CLOCK("sla-clock", "SLA clock"),
    APPROVAL_FEED("approval-feed", "Feed of approvals"),
    CATCH_UP_APPROVAL_FEED("catch-up-approval-feed", "Feed of approvals (catch-up)"),
    QUALITY_ROUTER("quality-router", "Feedback"),
    BASELINE_QUALITY_ROUTER("baseline-quality-router", "Feedback (snapshot)"),
    TRAINING_QUALITY("training-quality", "Training quality windows"),
    ANNOTATOR_ROUTER("annotator-router", "Feedback by annotator"),
    BASELINE_ANNOTATOR_ROUTER("baseline-annotator-router", "Feedback by annotator (snapshot)"),
    ANNOTATOR_ACTIVITY("annotator-activity", "Annotator windows"),
    FEEDBACK_FEED("feedback-feed", "Feed of feedback"),
    CATCH_UP_FEEDBACK_FEED("catch-up-feedback-feed", "Feed of feedback (catch-up)"),
    UNSAFE_RESPONSE("unsafe-response", "Unsafe responses"),
    CATCH_UP_UNSAFE_RESPONSE("catch-up-unsafe-response", "Unsafe responses (catch-up)"),
    STREAM_FILTER("stream-filter", "Stream"),
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
