package dev.agentpulse.local.cluster;

import java.util.Set;

/** A job as the cluster lists it. */
record FlinkJob(String id, String name, String state, long startMillis) {

    private static final Set<String> OVER = Set.of("FINISHED", "CANCELED", "FAILED");

    boolean isOver() {
        return OVER.contains(state);
    }
}
