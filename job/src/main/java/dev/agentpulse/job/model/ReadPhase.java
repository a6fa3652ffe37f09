package dev.agentpulse.job.model;

/** How a change reached the job. */
public enum ReadPhase {
    /** A row of a snapshot, or the TRUNCATE that goes ahead of a second reading. It raises no point event. */
    SNAPSHOT,
    /** A change of the log that a snapshot holds already: it changes no figure and raises its point events. */
    SNAPSHOT_HOLDS,
    /** A change of the log. */
    STREAM,
    /** No change: all of the log that was there when the job began, or began again, has been read. */
    CAUGHT_UP;

    /** Whether the change raises messages and point alerts: those of the log do. */
    public boolean raisesEvents() {
        return this == STREAM || this == SNAPSHOT_HOLDS;
    }

    /** Whether the change is to be put into figures and queues. */
    public boolean changesFigures() {
        return this == STREAM || this == SNAPSHOT;
    }
}
