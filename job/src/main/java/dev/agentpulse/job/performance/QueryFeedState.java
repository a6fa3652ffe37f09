package dev.agentpulse.job.performance;

/**
 * Where the feed stands; one value a job.
 *
 * @param second the second (of the log's time) that is being filled
 * @param sent messages sent in it
 * @param suppressed rows left out since the last message
 */
public record QueryFeedState(long second, int sent, long suppressed) {}
