package dev.agentpulse.job.model;

/** How a change reached the job. */
public enum ReadPhase {
    /** A row of the initial snapshot. It never moves time and raises no point event. */
    SNAPSHOT,
    /**
     * A change that the snapshot may have seen already, because it was committed while the snapshot was read. What it
     * changes is said against what the snapshot saw, so a row that the snapshot did see raises no point event twice.
     */
    CATCH_UP,
    /** A change of the stream proper. */
    STREAM;

    public boolean isStream() {
        return this == STREAM;
    }
}
