package dev.agentpulse.gateway.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the pipeline is: the smallest {@code as_of} of its writers, and the sum of their ticks.
 *
 * @param number 0 before the first tick
 * @param asOf null before the first tick
 */
public record Tick(long number, @Nullable Instant asOf) {

    public static final Tick NONE = new Tick(0, null);
}
