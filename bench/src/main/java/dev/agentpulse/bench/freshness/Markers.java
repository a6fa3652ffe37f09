package dev.agentpulse.bench.freshness;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** All markers of a run, by what the watchers know them by. */
public final class Markers {

    private final Map<String, Marker> byConversation = new ConcurrentHashMap<>();
    private final Map<String, Marker> awaitingAlert = new ConcurrentHashMap<>();
    private final Map<String, AgentTurn> turnByAgent = new ConcurrentHashMap<>();

    /** To be called before the marker is committed, so that no sight of it comes too early. */
    void add(int turn, Marker marker) {
        byConversation.put(marker.conversation(), marker);
        if (marker.slow()) {
            awaitingAlert.put(marker.conversation(), marker);
        }
        turnByAgent
                .compute(
                        marker.agent(),
                        (agent, current) -> current != null && current.turn() == turn ? current : new AgentTurn(turn))
                .markers()
                .add(marker);
    }

    /** Messages of other people's conversations pass by unnoticed. */
    void seen(String conversation, Sight sight, long nanos) {
        Marker marker = byConversation.get(conversation);
        if (marker != null) {
            marker.seen(sight, nanos);
            if (sight == Sight.ALERT_ROW) {
                awaitingAlert.remove(conversation);
            }
        }
    }

    /** The agent's row counts this many rows: these are its oldest. */
    void rowCounts(String agent, long count, long nanos) {
        AgentTurn turn = turnByAgent.get(agent);
        if (turn != null) {
            turn.counted(count, nanos);
        }
    }

    Collection<Marker> all() {
        return byConversation.values();
    }

    /** Whether one of these is to be expected of a marker and has not come. */
    boolean lackAny(Set<Sight> sights) {
        return all().stream().anyMatch(marker -> {
            for (Sight sight : sights) {
                if (marker.lacks(sight)) {
                    return true;
                }
            }
            return false;
        });
    }

    /** The conversations of slow markers whose alert has not been seen. */
    List<String> awaitingAlerts() {
        return List.copyOf(awaitingAlert.keySet());
    }

    /** One agent's markers of one turn, in the order of their commits. */
    private static final class AgentTurn {

        private final int turn;
        private final List<Marker> markers = new CopyOnWriteArrayList<>();
        private int seen;

        AgentTurn(int turn) {
            this.turn = turn;
        }

        int turn() {
            return turn;
        }

        List<Marker> markers() {
            return markers;
        }

        synchronized void counted(long count, long nanos) {
            while (seen < count && seen < markers.size()) {
                markers.get(seen).seen(Sight.ROW, nanos);
                seen++;
            }
        }
    }
}
