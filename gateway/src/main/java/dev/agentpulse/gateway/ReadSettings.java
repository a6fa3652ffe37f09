package dev.agentpulse.gateway;

import java.time.Duration;
import java.util.List;

/**
 * How the database is read.
 *
 * @param openedTables tables and views that REST serves besides the results, as schema.name
 * @param connections the most connections to the database for answers; one that listens and two for ticks come on top
 * @param pollInterval how often to look for a tick while somebody watches
 * @param staleAfter age of the results from which on the gateway raises {@code pipeline_stale}
 * @param keptEvents channel events kept in memory for those who were away for a moment
 */
public record ReadSettings(
        List<String> openedTables, int connections, Duration pollInterval, Duration staleAfter, int keptEvents) {

    /** Three reads at a time; with the one that listens and the two for ticks, six. */
    public static final int DEFAULT_CONNECTIONS = 3;
    /** A notification comes sooner; this is for ticks without one. */
    public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofMillis(25);

    public static final Duration DEFAULT_STALE_AFTER = Duration.ofSeconds(10);
    public static final int DEFAULT_KEPT_EVENTS = 10_000;

    public static final ReadSettings DEFAULT = new ReadSettings(
            List.of(), DEFAULT_CONNECTIONS, DEFAULT_POLL_INTERVAL, DEFAULT_STALE_AFTER, DEFAULT_KEPT_EVENTS);

    public ReadSettings {
        openedTables = List.copyOf(openedTables);
        require(connections >= 1, "The number of connections is " + connections + ": it must be at least 1.");
        require(keptEvents >= 100, "The number of kept events is " + keptEvents + ": it must be at least 100.");
        require(
                pollInterval.toMillis() >= 5 && pollInterval.toMillis() <= 1_000,
                "The poll interval is " + pollInterval.toMillis() + " ms: it must be from 5 to 1000 ms.");
        require(
                staleAfter.toMillis() >= 1_000,
                "Results count as old after " + staleAfter.toMillis() + " ms: it must be at least 1000 ms.");
        for (String table : openedTables) {
            require(table.indexOf('.') > 0, "The table " + table + " must be named with its schema.");
        }
    }

    /** The default but for what the administrator usually sets. */
    public static ReadSettings of(List<String> openedTables, int connections, Duration staleAfter) {
        return new ReadSettings(openedTables, connections, DEFAULT_POLL_INTERVAL, staleAfter, DEFAULT_KEPT_EVENTS);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
