package dev.agentpulse.bench.peer;

import java.io.IOException;
import java.sql.SQLException;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What of a peer runs outside Postgres. */
interface Engine extends AutoCloseable {

    /** Processor time since its start. */
    double cpuSeconds();

    /** Resident memory in bytes; 0 where it has none of its own. */
    default long memoryBytes() {
        return 0;
    }

    /** What its newest checkpoint takes in bytes; nothing where it keeps none. */
    default OptionalLong stateBytes() {
        return OptionalLong.empty();
    }

    /**
     * Does, for one that works only when all is written, what it does with the rows of the load.
     *
     * @param changes how many there are
     * @return how many a second; nothing of one that works all the time
     */
    default OptionalDouble replay(long changes) throws SQLException, IOException, InterruptedException {
        return OptionalDouble.empty();
    }

    /** Stops it; fails if it had failed before. */
    @Override
    void close() throws SQLException;
}
