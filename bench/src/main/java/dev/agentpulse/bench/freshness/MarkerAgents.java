package dev.agentpulse.bench.freshness;

import java.util.ArrayList;
import java.util.List;

/**
 * The agents that markers belong to. A one-minute row counts what lies in the window, so it tells which markers it
 * counts only while none of them has left: agents work in four groups, 25 seconds each, and a group's rows have
 * left the window when its turn comes again. There are enough agents for no one to pass the limit of ten alerts a
 * second.
 */
public final class MarkerAgents {

    static final String PREFIX = "freshness-probe-";

    private static final int GROUPS = 4;
    private static final double TURN_SECONDS = 25;
    private static final double SLOW_A_SECOND_OF_ONE_AGENT = 5;

    private final int agentsOfGroup;

    MarkerAgents(double slowMarkersPerSecond) {
        this.agentsOfGroup = Math.max(2, (int) Math.ceil(slowMarkersPerSecond / SLOW_A_SECOND_OF_ONE_AGENT));
    }

    /** How many turns have begun; an agent's counts start from nothing in each of its turns. */
    int turn(double secondsSinceStart) {
        return (int) (secondsSinceStart / TURN_SECONDS);
    }

    String agent(int turn, long number) {
        return name(turn % GROUPS, (int) (number % agentsOfGroup));
    }

    List<String> all() {
        List<String> names = new ArrayList<>();
        for (int group = 0; group < GROUPS; group++) {
            for (int index = 0; index < agentsOfGroup; index++) {
                names.add(name(group, index));
            }
        }
        return names;
    }

    private static String name(int group, int index) {
        return PREFIX + (char) ('a' + group) + index;
    }
}
