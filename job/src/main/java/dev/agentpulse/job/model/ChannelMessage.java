package dev.agentpulse.job.model;

/**
 * A message for listeners.
 *
 * @param eventKey derived from the log, so that a replay names the same message
 * @param payloadJson an object with {@code event} and the channel's fields; the writer adds {@code seq}
 * @param timeMicros event time
 */
public record ChannelMessage(
        String eventKey, Channel channel, String event, String payloadJson, LogPosition position, long timeMicros) {

    /**
     * The event of an SLA breach that is over. Its key is this, a colon and the id of the alert, and without that alert it is
     * not written.
     */
    public static final String SLA_RESOLVED = "sla_resolved";
}
