package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.CpuClock;
import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.ProcessMemory;
import dev.agentpulse.bench.freshness.AlertWatcher;
import dev.agentpulse.bench.freshness.FreshnessProbe;
import dev.agentpulse.bench.freshness.NotificationWatcher;
import dev.agentpulse.bench.freshness.RowWatcher;
import dev.agentpulse.bench.load.SourceTables;
import dev.agentpulse.bench.peer.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The running pipeline, seen from outside. */
final class Pipeline implements Subject {

    static final String NAME = "agentpulse";

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Database database;
    private final SourceTables tables;
    private final List<Long> pids;

    /** @param pids the processes of the job; none when their time and memory are not to be told */
    Pipeline(Database database, SourceTables tables, List<Long> pids) {
        this.database = database;
        this.tables = tables;
        this.pids = List.copyOf(pids);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public SourceTables tables() {
        return tables;
    }

    @Override
    public FreshnessProbe.Watchers watchers() {
        return (markers, agents) -> List.of(
                new RowWatcher(database.connect(), RowWatcher.RESULTS, agents, markers),
                new AlertWatcher(database.connect(), markers),
                NotificationWatcher.ofPipeline(database.connect(), markers));
    }

    @Override
    public double cpuSeconds() {
        return pids.stream().map(CpuClock::used).mapToLong(Duration::toNanos).sum() / NANOS_PER_SECOND;
    }

    @Override
    public long memoryBytes() {
        try {
            long bytes = 0;
            for (long pid : pids) {
                bytes += Math.max(0, ProcessMemory.residentBytes(pid));
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever started it stops it. */
    @Override
    public void close() {}
}
