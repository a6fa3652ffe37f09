package dev.agentpulse.bench.peer;

import java.sql.SQLException;

/** What of a peer runs outside Postgres. */
interface Engine extends AutoCloseable {

    /** Processor time since its start. */
    double cpuSeconds();

    /** Stops it; fails if it had failed before. */
    @Override
    void close() throws SQLException;
}
