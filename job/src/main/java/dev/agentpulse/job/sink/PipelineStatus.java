package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.TickProgress;
import java.util.List;

/**
 * What the row of {@code pipeline_status} is made of. The counts are of all the time since the job first started.
 *
 * @param unmatchedRetractions before images that were to be taken out of figures that did not hold them
 * @param notificationsLeftOut messages that were not notified because the server's queue of notifications was full
 * @param rowsNotWritten rows of ticks that the database refused for what they hold; the ledger says which
 * @param findings what is wrong with what the job reads from, a sentence each
 */
record PipelineStatus(
        TickProgress progress,
        long unmatchedRetractions,
        long notificationsLeftOut,
        long rowsNotWritten,
        List<String> findings) {}
