package dev.agentpulse.job.config;

/** Where a job without a checkpoint begins to read. */
public enum StartupMode {
    /** The tables first, then the stream. */
    INITIAL,
    /** Only what is committed from now on. */
    LATEST
}
