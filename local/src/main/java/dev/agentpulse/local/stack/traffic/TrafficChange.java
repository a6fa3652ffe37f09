package dev.agentpulse.local.stack.traffic;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row. Rows are known by the ordinal under which the script inserted them; the keys that the database
 * gave them are the worker's business.
 */
sealed interface TrafficChange {

    /** With {@code created_at} a little behind where a transaction was open for {@code lateSeconds}. */
    record InsertQuery(
            long ordinal, String conversation, String agent, String query, int latencyMillis, double lateSeconds)
            implements TrafficChange {}

    record ReviewQuery(long ordinal, boolean approved) implements TrafficChange {}

    record EditQuery(long ordinal) implements TrafficChange {}

    record DeleteQuery(long ordinal) implements TrafficChange {}

    /** It may have waited elsewhere before it is written. */
    record RequestApproval(long ordinal, String conversation, double waitedSeconds) implements TrafficChange {}

    /** {@code by} is null when nobody decided and the request expired. */
    record DecideApproval(
            long ordinal, String status, @Nullable String by) implements TrafficChange {}

    record InsertFeedback(long ordinal, String conversation) implements TrafficChange {}

    record Annotate(
            long ordinal, String annotator, boolean safe, List<String> labels, int clarity, int accuracy, int tone)
            implements TrafficChange {}
}
