package dev.agentpulse.job.model;

/**
 * What was read of one source table since the job first started.
 *
 * @param read changes, snapshot rows included
 * @param late changes whose event time lies more than a slide before the time the log had reached
 * @param rejected changes in the ledger that could not be used
 * @param replayed changes that came again after a restart and were skipped
 */
public record TableCounts(long read, long late, long rejected, long replayed) {

    public static final TableCounts ZERO = new TableCounts(0, 0, 0, 0);

    public TableCounts plus(TableCounts other) {
        return new TableCounts(
                read + other.read, late + other.late, rejected + other.rejected, replayed + other.replayed);
    }
}
