package dev.agentpulse.bench.scenario;

/**
 * What clients of the source feel of a subject.
 *
 * @param rowsPerSecond committed by clients that insert single rows as fast as they can
 * @param halfP50Millis from planned time to commit, when clients insert half of what they can without any subject
 */
record InsertCost(String subject, int clients, double rowsPerSecond, double halfP50Millis, double halfP99Millis) {}
