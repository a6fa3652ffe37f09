package dev.agentpulse.bench.peer;

import dev.agentpulse.bench.freshness.FreshnessProbe;
import dev.agentpulse.bench.load.SourceTables;
import java.io.IOException;
import java.sql.SQLException;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What makes results of source rows, and is measured. */
public interface Subject extends AutoCloseable {

    String name();

    /** Where rows are written. */
    SourceTables tables();

    /** Who sees its results; its list is empty where there are none. */
    FreshnessProbe.Watchers watchers();

    /** Processor time, outside Postgres, since it was made. */
    double cpuSeconds();

    /** Resident memory outside Postgres in bytes; 0 where it has none of its own. */
    long memoryBytes();

    /** What its newest checkpoint takes in bytes; nothing where it keeps none. */
    OptionalLong stateBytes();

    /**
     * Called when the load is written: a limit that is measured only then does its work.
     *
     * @param changes how many were written
     * @return how many it did in a second; nothing of what works all the time
     */
    default OptionalDouble replay(long changes) throws SQLException, IOException, InterruptedException {
        return OptionalDouble.empty();
    }

    @Override
    void close() throws SQLException;
}
