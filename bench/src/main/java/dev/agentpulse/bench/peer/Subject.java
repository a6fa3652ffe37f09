package dev.agentpulse.bench.peer;

import dev.agentpulse.bench.freshness.FreshnessProbe;
import dev.agentpulse.bench.load.SourceTables;
import java.sql.SQLException;

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

    @Override
    void close() throws SQLException;
}
