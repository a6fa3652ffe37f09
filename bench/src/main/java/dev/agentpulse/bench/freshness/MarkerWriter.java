package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Commits one marker after the other at fixed times. One that is late does not shift the others: a slow system is asked
 * as often as a fast one.
 */
final class MarkerWriter {

    private static final int FAST_MILLIS = 20;
    private static final int SLOW_MILLIS = 350;

    private final String conversationPrefix =
            "probe-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final Connection connection;
    private final String queriesTable;
    private final MarkerAgents agents;
    private final Markers markers;
    private long number;

    MarkerWriter(Connection connection, String queriesTable, MarkerAgents agents, Markers markers) {
        this.connection = connection;
        this.queriesTable = queriesTable;
        this.agents = agents;
        this.markers = markers;
    }

    /**
     * Writes for that long, and on, which does not count, until one is committed behind the end of something else.
     *
     * @return the seconds that it took
     */
    double write(double markersPerSecond, double warmUpSeconds, double seconds, BooleanSupplier other)
            throws SQLException {
        String sql = "INSERT INTO " + queriesTable
                + " (conversation_id, agent, query, latency_ms) VALUES (?, ?, 'How fresh is this?', ?)";
        long planned = (long) ((warmUpSeconds + seconds) * markersPerSecond);
        long startNanos = System.nanoTime();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            boolean goesOn = true;
            for (number = 0; number < planned || goesOn; number++) {
                double due = number / markersPerSecond;
                sleepUntil(startNanos + (long) (due * TimeUnit.SECONDS.toNanos(1)));
                goesOn = other.getAsBoolean();
                commit(insert, agents.turn(due), due >= warmUpSeconds && number < planned);
            }
        }
        return (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private void commit(PreparedStatement insert, int turn, boolean counted) throws SQLException {
        boolean slow = number % FreshnessProbe.MARKERS_FOR_ONE_SLOW == 0;
        // Slow ones take turns by their own number, or they would all meet at the same agent.
        long seat = slow ? number / FreshnessProbe.MARKERS_FOR_ONE_SLOW : number;
        Marker marker = new Marker(agents.agent(turn, seat), conversationPrefix + number, slow, counted);
        markers.add(turn, marker);
        insert.setString(1, marker.conversation());
        insert.setString(2, marker.agent());
        insert.setInt(3, slow ? SLOW_MILLIS : FAST_MILLIS);
        insert.executeUpdate();
        marker.committed(System.nanoTime());
    }

    private static void sleepUntil(long nanos) {
        long left = nanos - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = nanos - System.nanoTime();
        }
    }
}
