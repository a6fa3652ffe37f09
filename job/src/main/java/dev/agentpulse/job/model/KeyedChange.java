package dev.agentpulse.job.model;

/** A change as one key of a keyed stream sees it. */
public interface KeyedChange {

    String key();

    LogPosition position();

    /** The table was emptied: it concerns every key, whatever {@link #key()} says. */
    boolean truncate();
}
