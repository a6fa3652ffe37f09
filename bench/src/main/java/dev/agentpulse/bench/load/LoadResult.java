package dev.agentpulse.bench.load;

/**
 * What a load came to. Warm-up does not count, but for {@code allChanges}.
 *
 * @param allChanges rows, warm-up included
 * @param changes rows that were committed
 * @param seconds from the end of the warm-up to the last commit
 * @param p50Millis from the planned time of a transaction (its begin, when there is no plan) to its commit
 * @param cpuSeconds processor time of the generator, warm-up included
 */
public record LoadResult(
        long allChanges,
        long changes,
        double seconds,
        double p50Millis,
        double p99Millis,
        double maxMillis,
        double cpuSeconds) {

    public double changesPerSecond() {
        return seconds <= 0 ? 0 : changes / seconds;
    }
}
