package dev.agentpulse.bench.flink;

/** The jobs, by the names that they have as peers. */
public enum FlinkJob {
    /** The windows in SQL. */
    SQL_WINDOWS("flink-sql"),
    /** The windows of the DataStream API. */
    SLIDING_WINDOWS("flink-windows"),
    /** The least in SQL that a minute can be counted from: rows by agent and second. */
    COUNT("flink-count"),
    /** Each row into another table. */
    COPY("flink-copy");

    private final String peer;

    FlinkJob(String peer) {
        this.peer = peer;
    }

    public String peer() {
        return peer;
    }
}
