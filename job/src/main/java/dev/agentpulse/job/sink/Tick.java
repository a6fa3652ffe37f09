package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AnnotatorActivityRow;
import dev.agentpulse.job.model.ApprovalActivityRow;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TrainingQualityRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written in one transaction: the newest version of each row, in key order (so that no two writers lock
 * rows crosswise), and every alert step and message. Two ticks in a row make one larger tick.
 */
final class Tick {

    private static final char KEY_SEPARATOR = '\u0000';

    final SortedMap<String, AgentPerformanceRow> performance = new TreeMap<>();
    final SortedMap<String, AgentHealthRow> health = new TreeMap<>();
    final SortedMap<String, ApprovalQueueRow> queue = new TreeMap<>();
    final SortedMap<String, ApprovalActivityRow> activity = new TreeMap<>();
    final SortedMap<String, TrainingQualityRow> quality = new TreeMap<>();
    final SortedMap<String, AnnotatorActivityRow> annotators = new TreeMap<>();
    final SortedMap<String, HistoryRow> history = new TreeMap<>();
    final SortedMap<String, OutlookRow> outlook = new TreeMap<>();
    final List<HistoryCorrection> historyChanges = new ArrayList<>();
    final List<AlertChange> alerts = new ArrayList<>();
    final List<ChannelMessage> messages = new ArrayList<>();

    /** How far the log was read; null until the tick is complete. */
    @Nullable
    TickProgress progress;

    /** Whether the first tick of a job that began with empty state is in it, which replaces what there is. */
    boolean first;

    /** Whether history began without state. */
    boolean historyBegins;

    /**
     * Whether the messages, the alert steps and the rows of agents (history included) and annotators are in
     * {@code staged_record}, all of them
     * and none here: see {@link StagedRecords}.
     */
    boolean staged;

    /**
     * Times of the rows that are staged. Others that lie there are of a run that failed: the ticks of this one may be other
     * ones, and a row of a time that is no tick now would be a figure that nothing replaces.
     */
    final Set<Long> stagedRowTimes = new TreeSet<>();

    /** Before images that were to be taken out of figures that did not hold them. */
    long unmatchedRetractions;

    void add(TickRecord record) {
        switch (record.kind()) {
            case PERFORMANCE -> {
                AgentPerformanceRow row = Objects.requireNonNull(record.performance());
                performance.put(row.agent() + KEY_SEPARATOR + row.window().name(), row);
            }
            case HEALTH -> {
                AgentHealthRow row = Objects.requireNonNull(record.health());
                health.merge(row.agent(), row, (before, after) -> after.after(before));
            }
            case QUEUE -> {
                ApprovalQueueRow row = Objects.requireNonNull(record.queue());
                queue.put(row.queue(), row);
            }
            case ACTIVITY -> {
                ApprovalActivityRow row = Objects.requireNonNull(record.activity());
                activity.put(row.window().name(), row);
            }
            case QUALITY -> {
                TrainingQualityRow row = Objects.requireNonNull(record.quality());
                quality.put(row.window().name(), row);
            }
            case ANNOTATOR -> {
                AnnotatorActivityRow row = Objects.requireNonNull(record.annotator());
                annotators.put(row.annotator() + KEY_SEPARATOR + row.window().name(), row);
            }
            case ALERT -> alerts.add(Objects.requireNonNull(record.alert()));
            case MESSAGE -> messages.add(Objects.requireNonNull(record.message()));
            case PROGRESS -> {
                progress = record.progress();
                first = progress != null && progress.isFirst();
            }
            case UNMATCHED_RETRACTIONS -> unmatchedRetractions += Objects.requireNonNull(record.unmatchedRetractions());
            case HISTORY -> {
                HistoryRow row = Objects.requireNonNull(record.history());
                history.put(
                        row.table().name()
                                + KEY_SEPARATOR
                                + row.subject()
                                + KEY_SEPARATOR
                                + row.bucket()
                                + KEY_SEPARATOR
                                + row.startMicros(),
                        row);
            }
            case OUTLOOK -> {
                OutlookRow row = Objects.requireNonNull(record.outlook());
                outlook.put(row.subject() + KEY_SEPARATOR + row.kind(), row);
            }
            case HISTORY_CHANGE -> {
                HistoryCorrection change = Objects.requireNonNull(record.historyChange());
                if (change.kind() == HistoryCorrection.Kind.BEGIN) {
                    historyBegins = true;
                } else {
                    historyChanges.add(change);
                }
            }
            case TRANSACTION -> throw new IllegalArgumentException("of no tick: " + record);
        }
    }

    /** Whether the tick that follows can be taken in: a tick is staged as a whole. */
    boolean canAppend(Tick next) {
        return staged == next.staged || isEmpty() || next.isEmpty();
    }

    /** Takes in the tick that follows this one. */
    void append(Tick next) {
        if (!canAppend(next)) {
            throw new IllegalArgumentException("of two ticks that hold something, one is staged");
        }
        staged |= next.staged;
        stagedRowTimes.addAll(next.stagedRowTimes);
        performance.putAll(next.performance);
        next.health.forEach((agent, row) -> health.merge(agent, row, (before, after) -> after.after(before)));
        queue.putAll(next.queue);
        activity.putAll(next.activity);
        quality.putAll(next.quality);
        annotators.putAll(next.annotators);
        history.putAll(next.history);
        outlook.putAll(next.outlook);
        historyChanges.addAll(next.historyChanges);
        historyBegins |= next.historyBegins;
        alerts.addAll(next.alerts);
        messages.addAll(next.messages);
        unmatchedRetractions += next.unmatchedRetractions;
        progress = next.progress;
        first |= next.first;
    }

    /** Whether there is nothing to be written but the status row. */
    boolean isEmpty() {
        return size() == 0 && !staged && !historyBegins;
    }

    /** Rows, changes of history, alert steps and messages; the status row is not counted, nor what is staged. */
    int size() {
        return performance.size()
                + health.size()
                + queue.size()
                + activity.size()
                + quality.size()
                + annotators.size()
                + history.size()
                + outlook.size()
                + historyChanges.size()
                + alerts.size()
                + messages.size();
    }
}
