package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.CpuClock;
import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.FlinkCheckpoints;
import dev.agentpulse.bench.ProcessMemory;
import dev.agentpulse.bench.freshness.AlertWatcher;
import dev.agentpulse.bench.freshness.FreshnessProbe;
import dev.agentpulse.bench.freshness.NotificationWatcher;
import dev.agentpulse.bench.freshness.RowWatcher;
import dev.agentpulse.bench.load.SourceTables;
import dev.agentpulse.bench.peer.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The running pipeline, seen from outside. */
final class Pipeline implements Subject {

    static final String NAME = "agentpulse";

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Database database;
    private final SourceTables tables;
    private final List<Long> pids;
    private final @Nullable URI flink;

    /**
     * Measures nothing yet.
     *
     * @param pids the processes of the job; none when their time and memory are not to be told
     * @param flink where Flink answers; null when the size of the state is not to be told
     */
    Pipeline(Database database, SourceTables tables, List<Long> pids, @Nullable URI flink) {
        this.database = database;
        this.tables = tables;
        this.pids = List.copyOf(pids);
        this.flink = flink;
    }

    /** The same, one process of the job more. */
    Pipeline with(OptionalLong pid) {
        List<Long> all = new ArrayList<>(pids);
        pid.ifPresent(all::add);
        return new Pipeline(database, tables, all, flink);
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

    @Override
    public OptionalLong stateBytes() {
        return flink == null ? OptionalLong.empty() : FlinkCheckpoints.newestBytes(flink);
    }

    /** Whoever started it stops it. */
    @Override
    public void close() {}
}
