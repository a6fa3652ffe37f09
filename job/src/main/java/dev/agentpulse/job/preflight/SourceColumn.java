package dev.agentpulse.job.preflight;

import dev.agentpulse.job.model.SourceTable;
import java.util.List;

/**
 * A column that the job reads. All others of a table, whatever they hold, are left alone.
 *
 * @param name as the contract has it
 * @param type what it must be
 * @param length how much of its text is looked at, in characters; what is longer is cut or makes the row unusable
 */
public record SourceColumn(String name, ColumnType type, int length) {

    /** Longest text that may be a key, in bytes: an index takes no more than about 2,700. */
    public static final int KEY_BYTES = 1_000;

    /** Longest id of a conversation that is kept, in characters; the rest is cut. */
    static final int CONVERSATION_LENGTH = 1_000;

    /** As much of a question as a channel message carries, in characters. */
    static final int QUERY_LENGTH = 100;

    /** As much of a name as a channel message carries, in characters. */
    static final int NAME_LENGTH = 200;

    /** Longest text of a rubric that is read, in bytes. */
    public static final int DOCUMENT_BYTES = 1_000_000;

    /** Longest text of the labels of a row, in bytes. */
    public static final int LABELS_BYTES = 10_000;

    /** Most labels of a row, those that are null included. */
    public static final int MOST_LABELS = 100;

    /** Longest label, in characters. */
    public static final int LABEL_LENGTH = 1_000;

    /** Longest text of a number, a time or a word that is read, in bytes. */
    public static final int SCALAR_LENGTH = 1_000;

    private static final SourceColumn ID = new SourceColumn("id", ColumnType.KEY, KEY_BYTES);
    private static final SourceColumn CONVERSATION_ID =
            new SourceColumn("conversation_id", ColumnType.TEXT, CONVERSATION_LENGTH);
    private static final SourceColumn CREATED_AT = new SourceColumn("created_at", ColumnType.TIME, SCALAR_LENGTH);
    private static final SourceColumn UPDATED_AT = new SourceColumn("updated_at", ColumnType.TIME, SCALAR_LENGTH);

    private static final List<SourceColumn> QUERIES = List.of(
            ID,
            CONVERSATION_ID,
            CREATED_AT,
            new SourceColumn("agent", ColumnType.TEXT, KEY_BYTES),
            new SourceColumn("query", ColumnType.TEXT, QUERY_LENGTH),
            new SourceColumn("latency_ms", ColumnType.NUMBER, SCALAR_LENGTH),
            new SourceColumn("approved", ColumnType.BOOLEAN, SCALAR_LENGTH),
            new SourceColumn("human_edited", ColumnType.BOOLEAN, SCALAR_LENGTH));

    private static final List<SourceColumn> APPROVALS = List.of(
            ID,
            CONVERSATION_ID,
            CREATED_AT,
            UPDATED_AT,
            new SourceColumn("status", ColumnType.TEXT, SCALAR_LENGTH),
            new SourceColumn("approved_by", ColumnType.TEXT, NAME_LENGTH));

    private static final List<SourceColumn> FEEDBACK = List.of(
            ID,
            CONVERSATION_ID,
            CREATED_AT,
            UPDATED_AT,
            new SourceColumn("safe_to_send", ColumnType.BOOLEAN, SCALAR_LENGTH),
            new SourceColumn("labels", ColumnType.TEXT_ARRAY, LABELS_BYTES),
            new SourceColumn("rubric", ColumnType.JSON, DOCUMENT_BYTES),
            new SourceColumn("annotator", ColumnType.TEXT, KEY_BYTES));

    /** The columns of a table, the first three the same for all. Who reads them knows their order. */
    public static List<SourceColumn> of(SourceTable table) {
        return switch (table) {
            case QUERIES -> QUERIES;
            case APPROVALS -> APPROVALS;
            case FEEDBACK -> FEEDBACK;
        };
    }
}
