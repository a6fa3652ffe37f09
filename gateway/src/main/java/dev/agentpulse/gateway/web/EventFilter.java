package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.ChannelEvent;
import dev.agentpulse.gateway.protocol.RowChange;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * What of it all a viewer asks for.
 *
 * @param agents empty for all
 * @param channels empty for all
 */
record EventFilter(Set<String> agents, Set<String> channels) {

    /** {@code agent=…} and {@code channel=…}, each as often as one likes. */
    static EventFilter of(RoutingContext context) {
        return new EventFilter(Set.copyOf(context.queryParam("agent")), Set.copyOf(context.queryParam("channel")));
    }

    boolean asksFor(RowChange change) {
        return agents.isEmpty()
                || change.relation().column("agent").isEmpty()
                || agents.contains(change.filterable().path("agent").asText());
    }

    boolean asksFor(ChannelEvent event) {
        String agent = event.agent();
        return (channels.isEmpty() || channels.contains(event.channel()))
                && (agents.isEmpty() || agent == null || agents.contains(agent));
    }
}
