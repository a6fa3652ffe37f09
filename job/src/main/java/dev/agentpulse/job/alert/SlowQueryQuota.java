package dev.agentpulse.job.alert;

/**
 * How many slow-query alerts an agent has had in a second of the log's time. Cleared once the second is over and
 * nothing is left to be reported as suppressed.
 */
public record SlowQueryQuota(String agent, long second, int raised, long suppressed) {}
