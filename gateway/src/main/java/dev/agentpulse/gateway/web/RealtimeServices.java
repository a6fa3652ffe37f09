package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.Rights;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Set;

/** What every socket needs. */
record RealtimeServices(
        LiveFeed feed,
        Rights rights,
        Authenticator authenticator,
        Topics topics,
        SourceChanges sources,
        Status statusText,
        Limits limits,
        Clock clock) {

    static final String PREFIX = "realtime:";
    /** Once a second: what time it is here, how far the pipeline is, and whether the database answers. */
    static final String STATUS_TOPIC = PREFIX + "agentpulse_status";

    private static final Set<String> CHANNELS = Set.of(
            PREFIX + "agent_queries_stream",
            PREFIX + "approval_queue_stream",
            PREFIX + "performance_alert_stream",
            PREFIX + "sla_breach_stream",
            PREFIX + "training_feedback_stream");

    Future<Identity> verify(String token) {
        return authenticator.verify(token);
    }

    /** Whether the topic carries rows of channel_event. */
    boolean isChannel(String topic) {
        return CHANNELS.contains(topic);
    }

    /** Whether only the gateway sends on the topic. */
    boolean isReserved(String topic) {
        return isChannel(topic) || topic.equals(STATUS_TOPIC);
    }

    /** Private topics of clients' own are for people who have signed in. */
    static boolean mayUsePrivate(Identity identity) {
        return !identity.role().equals("anon");
    }

    String status() {
        return statusText.json();
    }
}
