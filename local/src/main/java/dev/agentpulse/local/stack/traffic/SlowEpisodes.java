package dev.agentpulse.local.stack.traffic;

import java.util.SplittableRandom;

/** Every few minutes one agent is several times slower than usual for about a minute and a half. */
final class SlowEpisodes {

    private static final double SLOWNESS = 5;
    private static final double FIRST_AFTER_SECONDS = 45;
    private static final double LENGTH_SECONDS = 90;
    private static final double LONGEST_PAUSE_SECONDS = 240;

    private final SplittableRandom random;
    private final int agents;
    private double startSeconds = FIRST_AFTER_SECONDS;
    private int slowAgent;

    SlowEpisodes(SplittableRandom random, int agents) {
        this.random = random;
        this.agents = agents;
        this.slowAgent = random.nextInt(agents);
    }

    /** The factor on an agent's latency; {@code seconds} must not go back. */
    double slowness(int agent, double seconds) {
        while (seconds >= startSeconds + LENGTH_SECONDS) {
            startSeconds += LENGTH_SECONDS + random.nextDouble() * LONGEST_PAUSE_SECONDS;
            slowAgent = random.nextInt(agents);
        }
        boolean slow = seconds >= startSeconds && agent == slowAgent;
        return slow ? SLOWNESS : 1;
    }
}
