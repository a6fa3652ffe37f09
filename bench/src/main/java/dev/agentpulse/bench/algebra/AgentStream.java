package dev.agentpulse.bench.algebra;

import dev.agentpulse.udf.aggregate.QueryEvent;
import java.util.Random;

/** The queries of one busy agent: one each 100 ms, most of them fast, half of them reviewed. The same ones each time. */
final class AgentStream {

    static final int ROWS_A_SECOND = 10;

    private static final long STEP_MICROS = 1_000_000 / ROWS_A_SECOND;
    private static final long START_MICROS = 1_700_000_000_000_000L;
    private static final double SHORTEST_MS = 20;
    private static final double SPREAD = 100;

    private final Random random = new Random(1);
    private long timeMicros = START_MICROS;

    QueryEvent next() {
        timeMicros += STEP_MICROS;
        return at(timeMicros);
    }

    /** The same row after an update of its latency and its review. */
    QueryEvent changed(QueryEvent before) {
        return at(before.timeMicros());
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private QueryEvent at(long time) {
        int latencyMs = (int) (SHORTEST_MS * Math.pow(SPREAD, random.nextDouble()));
        Boolean approved = random.nextBoolean() ? null : Boolean.valueOf(random.nextInt(10) > 0);
        return new QueryEvent(time, latencyMs, approved, random.nextInt(8) == 0);
    }
}
