package dev.agentpulse.job.config;

/**
 * What a connection is for, which decides how long it may be silent.
 *
 * <p>A database that vanishes without a word (packets dropped) is noticed within 15 s in one of two ways. While the
 * client waits for an answer that the server has begun to work on, the operating system's keep-alive probes go
 * unanswered ({@link KeepAliveSocketFactory}). While something that was sent is not acknowledged no probe is sent, and
 * only a limit on waiting helps; it must lie above whatever a statement may rightly take, so it is set only where the
 * server ends statements earlier.
 */
public enum SessionKind {
    /**
     * Short statements: ticks, the ledger, heartbeats, checks. A lock that somebody holds ends a statement after 5 s (it
     * may be tried again), any statement ends after 10 s, and the client gives up at 12 s.
     */
    SHORT(12, 10, 5, "on"),

    /**
     * As {@link #SHORT}, of statements that look rows up by keys. A plan lasts until the table is analyzed, and one that was made
     * while the table was nearly empty would read all of it for each tick: so keys are looked up whatever the table seems to hold.
     */
    BY_KEY(12, 10, 5, "on"),

    /**
     * Reading tables in full, which may be silent for minutes. Where row level security would hide a row, the query fails
     * instead of returning fewer rows.
     */
    READING(0, 0, 30, "off"),

    /** Reading results at length, which may be silent for minutes. */
    RESULTS(0, 0, 30, "on"),

    /** Making tables, indexes and views: takes its time. */
    MIGRATION(0, 0, 0, "on"),

    /** The change stream, which is never silent for long: its reader knows when to stop waiting. */
    REPLICATION(12, 0, 0, "on");

    private final int socketTimeoutSeconds;
    private final int statementTimeoutSeconds;
    private final int lockTimeoutSeconds;
    private final String rowSecurity;

    SessionKind(int socketTimeoutSeconds, int statementTimeoutSeconds, int lockTimeoutSeconds, String rowSecurity) {
        this.socketTimeoutSeconds = socketTimeoutSeconds;
        this.statementTimeoutSeconds = statementTimeoutSeconds;
        this.lockTimeoutSeconds = lockTimeoutSeconds;
        this.rowSecurity = rowSecurity;
    }

    int socketTimeoutSeconds() {
        return socketTimeoutSeconds;
    }

    int statementTimeoutSeconds() {
        return statementTimeoutSeconds;
    }

    int lockTimeoutSeconds() {
        return lockTimeoutSeconds;
    }

    /** Whether statements come one after the other, so that a transaction which is idle has lost its process. */
    boolean isShort() {
        return this == SHORT || this == BY_KEY;
    }

    String rowSecurity() {
        return rowSecurity;
    }
}
