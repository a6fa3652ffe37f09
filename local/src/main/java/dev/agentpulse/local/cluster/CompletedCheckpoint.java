package dev.agentpulse.local.cluster;

/** The newest checkpoint of a job. */
public record CompletedCheckpoint(long id, long completedMillis, long stateBytes, String path) {}
