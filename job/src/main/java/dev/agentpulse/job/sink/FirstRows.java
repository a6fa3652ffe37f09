package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.ApprovalActivityRow;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.job.model.TrainingQualityRow;
import dev.agentpulse.job.model.WindowEdges;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows that are there from the first tick on, whether anything happens or not: of all approvals and of all feedback. They are
 * what the operators emit of a table that has been emptied; the first change has them emitted anew.
 */
final class FirstRows {

    private static final ApprovalQueueRow.Figures NOTHING_PENDING =
            new ApprovalQueueRow.Figures(0, 0, null, null, null, null, 0, 0, 0, 0, null, null, null);
    private static final ApprovalActivityRow.Figures NO_ACTIVITY =
            new ApprovalActivityRow.Figures(0, 0, 0, 0, 0, null, null, null, null, 0, null);
    private static final TrainingQualityRow.Figures NO_FEEDBACK =
            new TrainingQualityRow.Figures(0, 0, 0, 0, null, null, null, null, "{}", 0);

    private final WindowConfig activity;
    private final WindowConfig quality;

    FirstRows(JobConfig config) {
        this.activity = config.windows();
        this.quality = config.qualityWindows();
    }

    /** Adds to the first tick of a job what no operator emitted, because there was nothing to emit it for. */
    void addTo(Tick first, long asOfMicros) {
        first.queue.putIfAbsent(
                ApprovalQueueRow.ALL, new ApprovalQueueRow(ApprovalQueueRow.ALL, NOTHING_PENDING, asOfMicros));
        windows(activity, asOfMicros)
                .forEach(window ->
                        first.activity.putIfAbsent(window.name(), new ApprovalActivityRow(window, NO_ACTIVITY)));
        windows(quality, asOfMicros)
                .forEach(window ->
                        first.quality.putIfAbsent(window.name(), new TrainingQualityRow(window, NO_FEEDBACK)));
    }

    private static Stream<WindowEdges> windows(WindowConfig config, long asOfMicros) {
        return IntStream.range(0, config.count())
                .mapToObj(window -> new WindowEdges(
                        config.names().get(window), config.spec().windowStart(window, asOfMicros), asOfMicros));
    }
}
