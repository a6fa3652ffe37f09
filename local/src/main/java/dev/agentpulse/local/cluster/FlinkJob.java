package dev.agentpulse.local.cluster;

import java.util.Set;

/** A job as the cluster lists it. */
public record FlinkJob(String id, String name, String state, long startMillis) {

    private static final Set<String> OVER = Set.of("FINISHED", "CANCELED", "FAILED");

    public boolean isOver() {
        return OVER.contains(state);
    }
}
