package dev.agentpulse.bench.flink;

/**
 * A query that was inserted.
 *
 * @param latencyMillis 0 where it is unknown
 * @param createdAtMillis since 1970
 */
public record QueryInsert(String agent, int latencyMillis, boolean approved, long createdAtMillis) {}
