package dev.agentpulse.local.stack.traffic;

import java.util.SplittableRandom;

/** One agent is several times slower than usual for a while: early in the opening, and again every few minutes. */
final class SlowEpisodes {

    private static final double SLOWNESS = 6;
    private static final double LENGTH_SECONDS = 75;
    private static final double SHORTEST_PAUSE_SECONDS = 150;
    private static final double LONGEST_PAUSE_SECONDS = 300;

    private final SplittableRandom random;
    private final int agents;
    private double startSeconds = Opening.SLOW_FROM_SECONDS;
    private double endSeconds = Opening.SLOW_TO_SECONDS;
    private int slowAgent = AgentProfile.indexOf(Opening.SLOW_AGENT);

    SlowEpisodes(SplittableRandom random, int agents) {
        this.random = random;
        this.agents = agents;
    }

    /** The factor on an agent's latency; {@code seconds} must not go back. */
    double slowness(int agent, double seconds) {
        while (seconds >= endSeconds) {
            startSeconds = endSeconds
                    + SHORTEST_PAUSE_SECONDS
                    + random.nextDouble() * (LONGEST_PAUSE_SECONDS - SHORTEST_PAUSE_SECONDS);
            endSeconds = startSeconds + LENGTH_SECONDS;
            slowAgent = random.nextInt(agents);
        }
        boolean slow = seconds >= startSeconds && agent == slowAgent;
        return slow ? SLOWNESS : 1;
    }
}
