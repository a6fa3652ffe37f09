package dev.agentpulse.local.chaos.corrections;

import java.time.Duration;

/**
 * What is corrected by one statement. Each takes {@code agent text[], age_seconds float8[], value int4[]} as its parameters,
 * finds for each of them the newest row that is at least so old, and returns subject and time of what it changed: where that
 * is counted in history.
 */
enum CorrectionKind {
    LATENCY {
        @Override
        String sql() {
            return update("latency_ms = (coalesce(t.latency_ms, 0) + wanted.value) % " + BEYOND_EXACT_MS);
        }
    },
    APPROVED {
        @Override
        String sql() {
            return update("approved = CASE WHEN t.approved THEN false WHEN NOT t.approved THEN NULL ELSE true END");
        }
    },
    HUMAN_EDITED {
        @Override
        String sql() {
            return update("human_edited = NOT coalesce(t.human_edited, false)");
        }
    },
    LATE_QUERY {
        @Override
        String sql() {
            return "INSERT INTO agent_queries (conversation_id, agent, query, latency_ms, approved, human_edited,"
                    + " created_at) SELECT 'late', c.agent, 'what had it been', c.value, CASE c.value % 3 WHEN 0 THEN true"
                    + " WHEN 1 THEN false END, c.value % 7 = 0, " + MOMENT + " FROM " + GIVEN
                    + " RETURNING agent, created_at";
        }
    },
    DELETED_QUERY {
        @Override
        Duration oldest() {
            return YOUNG_ENOUGH_TO_BE_TAKEN_OUT;
        }

        @Override
        String sql() {
            return "DELETE FROM agent_queries AS t USING " + wanted(OF_THE_AGENT)
                    // The row that is found may be older than what was asked for.
                    + " WHERE t.id = wanted.id AND t.created_at > now() - interval '23 hours 50 minutes'"
                    + " RETURNING t.agent, t.created_at";
        }
    },
    DECISION {
        @Override
        String sql() {
            return "UPDATE agent_approvals AS t SET approved_by = 'erik', updated_at = now(), status ="
                    + " (ARRAY['approved', 'rejected', 'expired'])[1 + wanted.value % 3] FROM "
                    + wanted("agent_approvals AS s WHERE s.status = 'pending' AND " + OF_THE_PAST)
                    // Its decision is in buckets that have not ended.
                    + " WHERE t.id = wanted.id RETURNING 'all', t.created_at";
        }
    },
    RUBRIC {
        @Override
        String sql() {
            return "UPDATE agent_feedback AS t SET updated_at = now(), rubric = jsonb_build_object('clarity',"
                    + " 1 + wanted.value % 5, 'accuracy', wanted.value % 41 / 10.0, 'tone', wanted.value % 43 / 10.0)"
                    + " FROM " + wanted("agent_feedback AS s WHERE " + OF_THE_PAST)
                    + " WHERE t.id = wanted.id RETURNING 'all', t.created_at";
        }
    };

    /** Up to 10 s latencies are exact, beyond they are counted by bins. */
    static final int BEYOND_EXACT_MS = 12_001;

    /** Rows of 24 hours and more that are deleted were purged, and stay in history. */
    private static final Duration YOUNG_ENOUGH_TO_BE_TAKEN_OUT = Duration.ofHours(23);

    private static final Duration OLDEST = Duration.ofDays(7);

    private static final String GIVEN = "unnest(?::text[], ?::float8[], ?::int4[]) AS c (agent, age_seconds, value)";
    private static final String MOMENT = "now() - make_interval(secs => c.age_seconds)";

    /** Rows that the traffic leaves alone: two transactions that lock several of the same ones may end in a deadlock. */
    private static final String OF_THE_PAST = "s.conversation_id LIKE 'past-%'";

    private static final String OF_THE_AGENT = "agent_queries AS s WHERE s.agent = c.agent";

    /** The history table that it corrects. */
    String historyTable() {
        return switch (this) {
            case DECISION -> "approval_history";
            case RUBRIC -> "training_history";
            default -> "agent_performance_history";
        };
    }

    /** The greatest age that is asked for. */
    Duration oldest() {
        return OLDEST;
    }

    abstract String sql();

    private static String update(String assignment) {
        return "UPDATE agent_queries AS t SET " + assignment + " FROM " + wanted(OF_THE_AGENT)
                + " WHERE t.id = wanted.id RETURNING t.agent, t.created_at";
    }

    /** Each row once, also where it is found for several ages. */
    private static String wanted(String rows) {
        return "(SELECT DISTINCT ON (found.id) found.id, c.value FROM " + GIVEN
                + " CROSS JOIN LATERAL (SELECT s.id FROM "
                + rows + " AND s.created_at <= " + MOMENT + " ORDER BY s.created_at DESC LIMIT 1) AS found"
                + " ORDER BY found.id, c.value) AS wanted";
    }
}
