package dev.agentpulse.gateway;

import dev.agentpulse.gateway.web.Limits;
import dev.agentpulse.gateway.web.PageSettings;
import dev.agentpulse.gateway.web.TokenSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set. {@link #of} gives the defaults, {@code with…} changes one.
 *
 * @param host address to listen on
 * @param port 0 for one that is free
 * @param origins other origins whose pages may ask; a star for all
 * @param source who follows the source tables; null if nobody does
 * @param openedTables tables and views that REST serves besides the results, as schema.name
 * @param connections the most connections to the database, the one that listens not counted
 * @param pollInterval how often to look for a tick while somebody watches
 * @param staleAfter age of the results from which on the gateway raises {@code pipeline_stale}
 * @param keptEvents channel events kept in memory for those who were away for a moment
 */
public record GatewayConfig(
        DatabaseLogin database,
        TokenSettings tokens,
        String host,
        int port,
        List<String> origins,
        PageSettings page,
        Limits limits,
        @Nullable SourceConfig source,
        List<String> openedTables,
        int connections,
        Duration pollInterval,
        Duration staleAfter,
        int keptEvents) {

    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 8090;
    /** Four reads at a time; with the one that listens, five. */
    public static final int DEFAULT_CONNECTIONS = 4;
    /** A notification comes sooner; this is for ticks without one. */
    public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofMillis(25);

    public static final Duration DEFAULT_STALE_AFTER = Duration.ofSeconds(10);
    public static final int DEFAULT_KEPT_EVENTS = 10_000;

    public GatewayConfig {
        origins = List.copyOf(origins);
        openedTables = List.copyOf(openedTables);
        require(port >= 0 && port <= 65_535, "The port is " + port + ": it must be from 0 to 65535.");
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
        for (String origin : origins) {
            require(
                    origin.equals("*") || origin.matches("https?://[^/]+"),
                    "The origin " + origin + " is not readable: give it as https://host:port, without a path.");
        }
    }

    public static GatewayConfig of(DatabaseLogin database, TokenSettings tokens) {
        return new GatewayConfig(
                database,
                tokens,
                DEFAULT_HOST,
                DEFAULT_PORT,
                List.of(),
                PageSettings.NONE,
                Limits.DEFAULT,
                null,
                List.of(),
                DEFAULT_CONNECTIONS,
                DEFAULT_POLL_INTERVAL,
                DEFAULT_STALE_AFTER,
                DEFAULT_KEPT_EVENTS);
    }

    public GatewayConfig withAddress(String newHost, int newPort) {
        return new GatewayConfig(
                database,
                tokens,
                newHost,
                newPort,
                origins,
                page,
                limits,
                source,
                openedTables,
                connections,
                pollInterval,
                staleAfter,
                keptEvents);
    }

    public GatewayConfig withOrigins(List<String> newOrigins) {
        return new GatewayConfig(
                database,
                tokens,
                host,
                port,
                newOrigins,
                page,
                limits,
                source,
                openedTables,
                connections,
                pollInterval,
                staleAfter,
                keptEvents);
    }

    public GatewayConfig withPage(PageSettings newPage) {
        return new GatewayConfig(
                database,
                tokens,
                host,
                port,
                origins,
                newPage,
                limits,
                source,
                openedTables,
                connections,
                pollInterval,
                staleAfter,
                keptEvents);
    }

    public GatewayConfig withLimits(Limits newLimits) {
        return new GatewayConfig(
                database,
                tokens,
                host,
                port,
                origins,
                page,
                newLimits,
                source,
                openedTables,
                connections,
                pollInterval,
                staleAfter,
                keptEvents);
    }

    public GatewayConfig withSource(@Nullable SourceConfig newSource) {
        return new GatewayConfig(
                database,
                tokens,
                host,
                port,
                origins,
                page,
                limits,
                newSource,
                openedTables,
                connections,
                pollInterval,
                staleAfter,
                keptEvents);
    }

    public GatewayConfig withOpenedTables(List<String> newTables) {
        return new GatewayConfig(
                database,
                tokens,
                host,
                port,
                origins,
                page,
                limits,
                source,
                newTables,
                connections,
                pollInterval,
                staleAfter,
                keptEvents);
    }

    public GatewayConfig withStaleAfter(Duration newStaleAfter) {
        return new GatewayConfig(
                database,
                tokens,
                host,
                port,
                origins,
                page,
                limits,
                source,
                openedTables,
                connections,
                pollInterval,
                newStaleAfter,
                keptEvents);
    }

    public GatewayConfig withConnections(int newConnections) {
        return new GatewayConfig(
                database,
                tokens,
                host,
                port,
                origins,
                page,
                limits,
                source,
                openedTables,
                newConnections,
                pollInterval,
                staleAfter,
                keptEvents);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
