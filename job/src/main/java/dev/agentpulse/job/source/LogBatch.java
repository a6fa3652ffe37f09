package dev.agentpulse.job.source;

import dev.agentpulse.job.model.LogRecord;
import java.util.List;

/**
 * Records on their way from the split reader to the record emitter, which passes on all of them between two checkpoints.
 *
 * @param endLsn behind the last transaction that ends in the batch: where to go on after a restore; {@link #NO_END} if
 *     none does
 * @param snapshotFinished with this batch a table's snapshot has been read, and the log is to be read from {@code endLsn}
 */
record LogBatch(List<LogRecord> records, long endLsn, boolean snapshotFinished) {

    static final long NO_END = -1;
}
