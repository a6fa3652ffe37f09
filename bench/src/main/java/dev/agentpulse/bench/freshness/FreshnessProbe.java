package dev.agentpulse.bench.freshness;

import dev.agentpulse.bench.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Commits marker rows and watches for what comes of them: the agent's one-minute row, the message and, for every fifth
 * marker, which is slow, the alert. Writer and watchers have a thread and a connection each, and share one clock.
 */
public final class FreshnessProbe {

    static final int MARKERS_FOR_ONE_SLOW = 5;

    private static final Duration SAMPLED = Duration.ofSeconds(2);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Database database;
    private final String queriesTable;
    private final Watchers watching;
    private final double markersPerSecond;
    private final double warmUpSeconds;
    private final double seconds;
    private final Duration settle;
    private BooleanSupplier load = () -> false;

    /** Who watches for results. */
    public interface Watchers {
        List<Watcher> of(Markers markers, MarkerAgents agents) throws SQLException;
    }

    /**
     * Measures nothing yet.
     *
     * @param queriesTable the source table that markers are written to, with its schema
     * @param settle how long to wait for the last results, behind the last marker
     */
    public FreshnessProbe(
            Database database,
            String queriesTable,
            Watchers watching,
            double markersPerSecond,
            double warmUpSeconds,
            double seconds,
            Duration settle) {
        this.database = database;
        this.queriesTable = queriesTable;
        this.watching = watching;
        this.markersPerSecond = markersPerSecond;
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
        this.settle = settle;
    }

    /**
     * Markers go on until a load is written: the last one tells when all of it was in the results.
     *
     * @param running whether it is still being written
     */
    public FreshnessProbe beside(BooleanSupplier running) {
        load = running;
        return this;
    }

    /** Measures the pipeline; the markers are gone afterwards. */
    public FreshnessReport run() throws SQLException {
        try (Connection writing = database.connect()) {
            requirePipeline(writing);
            Leftovers leftovers = new Leftovers(writing, queriesTable);
            if (!leftovers.remove()) {
                throw new IllegalArgumentException("The markers of an earlier run were deleted, but the snapshots still"
                        + " count them: is the pipeline running?");
            }
            // Also when the probe is interrupted.
            Thread removal = new Thread(this::removeMarkers, "remove-markers");
            Runtime.getRuntime().addShutdownHook(removal);
            FreshnessReport report = measure(writing);
            Runtime.getRuntime().removeShutdownHook(removal);
            leftovers.remove();
            return report;
        }
    }

    /** The same of whatever makes results of the table; the markers stay. */
    public FreshnessReport measure(Connection writing) throws SQLException {
        MarkerAgents agents = new MarkerAgents(markersPerSecond / MARKERS_FOR_ONE_SLOW, warmUpSeconds + seconds);
        Markers markers = new Markers();
        List<Watcher> watchers = watching.of(markers, agents);
        try {
            watchers.forEach(Watcher::start);
            double took = new MarkerWriter(writing, queriesTable, agents, markers)
                    .write(markersPerSecond, warmUpSeconds, seconds, load);
            Set<Sight> watched = watchers.stream()
                    .flatMap(watcher -> watcher.sees().stream())
                    .collect(Collectors.toSet());
            settle(markers, watched);
            for (Watcher watcher : watchers) {
                watcher.requireSight();
            }
            return new FreshnessReport(List.copyOf(markers.all()), took, watched);
        } finally {
            for (Watcher watcher : watchers) {
                watcher.close();
            }
        }
    }

    /** Waits for the last results; for a message, which may have been sampled away, not for long when the others are there. */
    private void settle(Markers markers, Set<Sight> watched) {
        Set<Sight> certain = EnumSet.copyOf(watched);
        if (certain.size() > 1) {
            certain.remove(Sight.NOTIFICATION);
        }
        await(markers, certain, settle);
        await(markers, watched, settle.compareTo(SAMPLED) < 0 ? settle : SAMPLED);
    }

    private static void await(Markers markers, Set<Sight> sights, Duration longest) {
        long startNanos = System.nanoTime();
        while (markers.lackAny(sights) && System.nanoTime() - startNanos < longest.toNanos()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void requirePipeline(Connection connection) throws SQLException {
        String sql = "SELECT count(*) FROM agentpulse.pipeline_status WHERE written_at > now() - interval '10 seconds'";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (row.getLong(1) == 0) {
                throw new IllegalArgumentException("No pipeline has written in the last ten seconds: start one first,"
                        + " for instance with ./agentpulse demo.");
            }
        }
    }

    private void removeMarkers() {
        try (Connection connection = database.connect()) {
            new Leftovers(connection, queriesTable).remove();
        } catch (SQLException e) {
            System.err.println("The markers (agents " + MarkerAgents.PREFIX + "…) could not be removed from "
                    + queriesTable + ": " + e.getMessage());
        }
    }
}
