package dev.agentpulse.job.source;

import dev.agentpulse.job.model.SourceTable;
import java.util.List;

/**
 * A column that the job reads. All others of a table, whatever they hold, are left alone.
 *
 * @param name as the contract has it
 * @param length how much of its text is looked at, in characters; what is longer is cut or makes the row unusable
 */
record SourceColumn(String name, int length) {

    /** Longest text that may be a key, in bytes: an index takes no more than about 2,700. */
    static final int KEY_BYTES = 1_000;

    /** Longest id of a conversation that is kept, in characters; the rest is cut. */
    static final int CONVERSATION_LENGTH = 1_000;

    /** As much of a question as a channel message carries, in characters. */
    static final int QUERY_LENGTH = 100;

    /** As much of a name as a channel message carries, in characters. */
    static final int NAME_LENGTH = 200;

    /** Longest text of labels or rubric that is read, in bytes. */
    static final int DOCUMENT_BYTES = 1_000_000;

    private static final int SCALAR_LENGTH = 1_000;

    private static final List<SourceColumn> QUERIES = List.of(
            new SourceColumn("id", KEY_BYTES),
            new SourceColumn("conversation_id", CONVERSATION_LENGTH),
            new SourceColumn("created_at", SCALAR_LENGTH),
            new SourceColumn("agent", KEY_BYTES),
            new SourceColumn("query", QUERY_LENGTH),
            new SourceColumn("latency_ms", SCALAR_LENGTH),
            new SourceColumn("approved", SCALAR_LENGTH),
            new SourceColumn("human_edited", SCALAR_LENGTH));

    private static final List<SourceColumn> APPROVALS = List.of(
            new SourceColumn("id", KEY_BYTES),
            new SourceColumn("conversation_id", CONVERSATION_LENGTH),
            new SourceColumn("created_at", SCALAR_LENGTH),
            new SourceColumn("updated_at", SCALAR_LENGTH),
            new SourceColumn("status", SCALAR_LENGTH),
            new SourceColumn("approved_by", NAME_LENGTH));

    private static final List<SourceColumn> FEEDBACK = List.of(
            new SourceColumn("id", KEY_BYTES),
            new SourceColumn("conversation_id", CONVERSATION_LENGTH),
            new SourceColumn("created_at", SCALAR_LENGTH),
            new SourceColumn("updated_at", SCALAR_LENGTH),
            new SourceColumn("safe_to_send", SCALAR_LENGTH),
            new SourceColumn("labels", DOCUMENT_BYTES),
            new SourceColumn("rubric", DOCUMENT_BYTES),
            new SourceColumn("annotator", KEY_BYTES));

    /** The columns of a table, the first three the same for all. {@link RowImages} knows their order. */
    static List<SourceColumn> of(SourceTable table) {
        return switch (table) {
            case QUERIES -> QUERIES;
            case APPROVALS -> APPROVALS;
            case FEEDBACK -> FEEDBACK;
        };
    }
}
