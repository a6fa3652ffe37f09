package dev.agentpulse.bench.freshness;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The agents that markers belong to. A one-minute row counts what lies in the window, so it tells which markers it
 * counts only while none of them has left: agents work in groups, 25 seconds each, and a group's rows have left the window,
 * and what somebody kept of them is old, when its turn comes again. No two runs have agents in common. There are enough
 * agents for no one to pass the limit of ten alerts a second.
 */
public final class MarkerAgents {

    static final String PREFIX = "freshness-probe-";

    private static final int FEWEST_GROUPS = 4;
    private static final int MOST_GROUPS = 20;
    private static final double TURN_SECONDS = 25;
    private static final double SLOW_A_SECOND_OF_ONE_AGENT = 5;

    private final String prefix = PREFIX + UUID.randomUUID().toString().substring(0, 4) + "-";
    private final int groups;
    private final int agentsOfGroup;

    /** @param seconds for how long markers are written, if the load beside them does not take longer */
    MarkerAgents(double slowMarkersPerSecond, double seconds) {
        this.groups = Math.min(MOST_GROUPS, turn(seconds) + FEWEST_GROUPS);
        this.agentsOfGroup = Math.max(2, (int) Math.ceil(slowMarkersPerSecond / SLOW_A_SECOND_OF_ONE_AGENT));
    }

    /** How many turns have begun; an agent's counts start from nothing in each of its turns. */
    int turn(double secondsSinceStart) {
        return (int) (secondsSinceStart / TURN_SECONDS);
    }

    String agent(int turn, long number) {
        return name(turn % groups, (int) (number % agentsOfGroup));
    }

    List<String> all() {
        List<String> names = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            for (int index = 0; index < agentsOfGroup; index++) {
                names.add(name(group, index));
            }
        }
        return names;
    }

    private String name(int group, int index) {
        return prefix + (char) ('a' + group) + index;
    }
}
