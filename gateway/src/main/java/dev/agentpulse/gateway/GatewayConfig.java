package dev.agentpulse.gateway;

import dev.agentpulse.gateway.web.Limits;
import dev.agentpulse.gateway.web.PageSettings;
import dev.agentpulse.gateway.web.SummarySettings;
import dev.agentpulse.gateway.web.TokenSettings;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set. {@link #of} gives the defaults, {@code with…} changes one.
 *
 * @param source who follows the source tables; null if nobody does
 * @param summary the public summary; null if there is none
 */
public record GatewayConfig(
        DatabaseLogin database,
        TokenSettings tokens,
        HttpSettings http,
        ReadSettings reading,
        Limits limits,
        @Nullable SourceConfig source,
        @Nullable SummarySettings summary) {

    public static final String DEFAULT_HOST = HttpSettings.DEFAULT_HOST;

    public static GatewayConfig of(DatabaseLogin database, TokenSettings tokens) {
        return new GatewayConfig(
                database, tokens, HttpSettings.DEFAULT, ReadSettings.DEFAULT, Limits.DEFAULT, null, null);
    }

    public GatewayConfig withHttp(HttpSettings changed) {
        return new GatewayConfig(database, tokens, changed, reading, limits, source, summary);
    }

    public GatewayConfig withAddress(String host, int port) {
        return withHttp(new HttpSettings(host, port, http.origins(), http.names(), http.page()));
    }

    /** Only programs and pages on this machine may ask, by the names of its loopback address. */
    public GatewayConfig onLoopback(int port) {
        return withHttp(new HttpSettings(DEFAULT_HOST, port, http.origins(), HttpSettings.LOOPBACK_NAMES, http.page()));
    }

    public GatewayConfig withPage(PageSettings page) {
        return withHttp(new HttpSettings(http.host(), http.port(), http.origins(), http.names(), page));
    }

    public GatewayConfig withReading(ReadSettings changed) {
        return new GatewayConfig(database, tokens, http, changed, limits, source, summary);
    }

    public GatewayConfig withLimits(Limits changed) {
        return new GatewayConfig(database, tokens, http, reading, changed, source, summary);
    }

    public GatewayConfig withSource(@Nullable SourceConfig changed) {
        return new GatewayConfig(database, tokens, http, reading, limits, changed, summary);
    }

    public GatewayConfig withSummary(@Nullable SummarySettings changed) {
        return new GatewayConfig(database, tokens, http, reading, limits, source, changed);
    }
}
