package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.ApprovalHistory;
import dev.agentpulse.udf.aggregate.FeedbackHistory;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.util.List;

/** The tables of history: one for each source table. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are of List.of
public enum HistoryTable {
    AGENTS("agent_performance_history", "agent", QueryHistory.COUNTS, List.of(), 0),
    APPROVALS("approval_history", "queue", ApprovalHistory.COUNTS, ApprovalHistory.SUMS, 0),
    TRAINING("training_history", "dataset", FeedbackHistory.COUNTS, FeedbackHistory.SUMS, FeedbackHistory.TEXTS);

    /** The only subject of approvals, and of feedback. */
    public static final String ALL = "all";

    /** No text of a Postgres table holds it, so no agent is called like this. */
    private static final String NO_AGENT = "\u0000";

    private final String tableName;
    private final String subject;
    private final List<String> counts;
    private final List<String> sums;
    private final int texts;

    HistoryTable(String tableName, String subject, List<String> counts, List<String> sums, int texts) {
        this.tableName = tableName;
        this.subject = subject;
        this.counts = counts;
        this.sums = sums;
        this.texts = texts;
    }

    public String tableName() {
        return tableName;
    }

    /** The column that says what a row is about. */
    public String subject() {
        return subject;
    }

    /** The columns of {@link HistoryParts#counts}, in their order. */
    public List<String> counts() {
        return counts;
    }

    /** The columns of {@link HistoryParts#sums}, in their order. */
    public List<String> sums() {
        return sums;
    }

    /** How many kinds of texts are counted. */
    int texts() {
        return texts;
    }

    /** Nothing of the table's parts. */
    public HistoryTotals newTotals() {
        return new HistoryTotals(counts.size(), sums.size(), texts);
    }

    /** The table of a {@link #tableName}. */
    public static HistoryTable ofTable(String tableName) {
        for (HistoryTable table : values()) {
            if (table.tableName.equals(tableName)) {
                return table;
            }
        }
        throw new IllegalArgumentException("there is no history table " + tableName);
    }

    /** The key under which the operator holds a subject's buckets; an agent's is its name. */
    public String key(String ofSubject) {
        return this == AGENTS ? ofSubject : NO_AGENT + name() + NO_AGENT + ofSubject;
    }

    /** The table of a {@link #key}. */
    public static HistoryTable ofKey(String key) {
        for (HistoryTable table : values()) {
            if (table != AGENTS && key.startsWith(table.key(""))) {
                return table;
            }
        }
        return AGENTS;
    }

    /** The subject of a {@link #key} of this table. */
    public String subjectOf(String key) {
        return key.substring(this == AGENTS ? 0 : key("").length());
    }
}
