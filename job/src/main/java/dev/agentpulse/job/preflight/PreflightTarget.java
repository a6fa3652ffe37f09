package dev.agentpulse.job.preflight;

import java.util.List;

/**
 * What the job is going to use. Tables are named as in SQL, with their schema: {@code public.agent_queries}.
 */
public record PreflightTarget(
        String queriesTable,
        String approvalsTable,
        String feedbackTable,
        String heartbeatTable,
        String publication,
        String slotName) {

    /** The names that the migrations and the job use unless told otherwise. */
    public static PreflightTarget defaults() {
        return new PreflightTarget(
                "public.agent_queries",
                "public.agent_approvals",
                "public.agent_feedback",
                "agentpulse.heartbeat",
                "agentpulse",
                "agentpulse");
    }

    /** Everything that travels through the slot. */
    List<String> capturedTables() {
        return List.of(queriesTable, approvalsTable, feedbackTable, heartbeatTable);
    }
}
