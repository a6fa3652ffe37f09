package dev.agentpulse.job.model;

/** A change as one key of a keyed stream sees it. */
public interface KeyedChange {

    String key();

    /** The time the log had reached with this change; see {@link LogPosition#timeMicros}. */
    long timeMicros();

    /** The table was emptied: it concerns every key, whatever {@link #key()} is. */
    boolean truncate();
}
