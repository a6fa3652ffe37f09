package dev.agentpulse.udf.aggregate;

/**
 * Something that happened to an approval: a row of {@code agent_approvals} makes one of kind {@code REQUESTED} and, while
 * it is decided, another one.
 *
 * @param timeMicros {@code created_at} of a request, {@code updated_at} of a decision
 * @param resolutionMicros {@code updated_at - created_at} of a decision, of either sign; zero for a request
 */
public record ApprovalEvent(long timeMicros, Kind kind, long resolutionMicros) implements Timed {

    public enum Kind {
        REQUESTED,
        APPROVED,
        REJECTED,
        EXPIRED
    }

    public ApprovalEvent {
        if (kind == Kind.REQUESTED && resolutionMicros != 0) {
            throw new IllegalArgumentException("resolutionMicros of a request must be 0 but is " + resolutionMicros);
        }
    }
}
