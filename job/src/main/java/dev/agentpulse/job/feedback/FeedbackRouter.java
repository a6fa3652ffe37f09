package dev.agentpulse.job.feedback;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackChange;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.SourceTable;
import java.util.Objects;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Changes of feedback, for the whole table (one key) or split into what each annotator sees. */
public final class FeedbackRouter implements FlatMapFunction<Change, FeedbackChange> {

    private static final long serialVersionUID = 1L;

    private static final String ALL = "all";

    private final boolean byAnnotator;
    private final String[] truncateKeys;

    private FeedbackRouter(boolean byAnnotator, String[] truncateKeys) {
        this.byAnnotator = byAnnotator;
        this.truncateKeys = truncateKeys.clone();
    }

    public static FeedbackRouter toQuality() {
        return new FeedbackRouter(false, new String[] {ALL});
    }

    /**
     * Keyed by annotator.
     *
     * @param truncateKeys keys that together reach every subtask
     */
    public static FeedbackRouter toAnnotators(String[] truncateKeys) {
        return new FeedbackRouter(true, truncateKeys);
    }

    @Override
    public void flatMap(Change change, Collector<FeedbackChange> out) {
        if (change.table() != SourceTable.FEEDBACK) {
            return;
        }
        if (change.truncate()) {
            for (String key : truncateKeys) {
                out.collect(new FeedbackChange(key, change.position(), true, null, null));
            }
            return;
        }
        FeedbackRow before = change.feedbackBefore();
        FeedbackRow after = change.feedbackAfter();
        String beforeKey = key(before);
        String afterKey = key(after);
        if (Objects.equals(beforeKey, afterKey)) {
            emit(beforeKey, change, before, after, out);
        } else {
            emit(beforeKey, change, before, null, out);
            emit(afterKey, change, null, after, out);
        }
    }

    private @Nullable String key(@Nullable FeedbackRow row) {
        return row == null ? null : byAnnotator ? row.annotator() : ALL;
    }

    private static void emit(
            @Nullable String key,
            Change change,
            @Nullable FeedbackRow before,
            @Nullable FeedbackRow after,
            Collector<FeedbackChange> out) {
        if (key != null) {
            out.collect(new FeedbackChange(key, change.position(), false, before, after));
        }
    }
}
