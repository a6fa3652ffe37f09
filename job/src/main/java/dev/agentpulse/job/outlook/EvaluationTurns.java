package dev.agentpulse.job.outlook;

import java.util.concurrent.TimeUnit;
import org.apache.flink.util.MathUtils;

/**
 * When figures of an agent or of the queue come out: at whole half-minutes of the log's time. A small agent has its turn
 * once in a slot, at a half-minute that follows from its name, so that not all of them come with one tick.
 */
final class EvaluationTurns {

    private static final long EVERY_MICROS = TimeUnit.SECONDS.toMicros(30);

    private EvaluationTurns() {}

    /** The first turn behind a time. */
    static long next(OutlookHeld held, long asOfMicros) {
        boolean isSmall = held.agent != null && held.agent.isSmall();
        long every = isSmall ? OutlookLogic.SLOT_MICROS : EVERY_MICROS;
        long turn = isSmall ? turnOf(held.key) : 0;
        return (Math.floorDiv(asOfMicros - turn, every) + 1) * every + turn;
    }

    /** How far behind the start of a slot. Hashed once more, so that turns are even whatever the names. */
    private static long turnOf(String key) {
        return MathUtils.murmurHash(key.hashCode()) % (OutlookLogic.SLOT_MICROS / EVERY_MICROS) * EVERY_MICROS;
    }
}
