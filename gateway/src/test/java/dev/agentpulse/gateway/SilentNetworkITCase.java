package dev.agentpulse.gateway;

import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections to the database that die without a word do not stop the feed. */
class SilentNetworkITCase {

    private static final int CONNECTIONS = 4;
    private static final ForgetfulNetwork NETWORK = new ForgetfulNetwork();

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(SilentNetworkITCase::behindTheNetwork);

    private static GatewayConfig behindTheNetwork(GatewayConfig config) {
        DatabaseLogin login = config.database();
        int port = NETWORK.to(URI.create(login.url()).getPort());
        return new GatewayConfig(
                new DatabaseLogin("postgresql://127.0.0.1:" + port + "/postgres", login.username(), login.password()),
                config.tokens(),
                config.http(),
                // No alert about old results, after which the feed is asked to read.
                ReadSettings.of(List.of(), CONNECTIONS, Duration.ofHours(1)),
                config.limits(),
                config.source(),
                config.summary());
    }

    @Test
    void theFeedGoesOnByOtherConnections() throws SQLException {
        SERVER.tick();
        SERVER.awaitTick();

        NETWORK.forgetAll();
        SERVER.tick();

        SERVER.awaitTick();
    }

    /** Looks go by connections of the pool, so they do not notice. */
    @Test
    void theConnectionThatListensIsReplaced() throws SQLException {
        Await.until("one listens", () -> !listening().isEmpty());
        List<String> before = listening();

        NETWORK.forgetAll();

        Await.until("another one listens", () -> !before.containsAll(listening()));
    }

    /** The server keeps those whose other end has gone without a word. */
    private static List<String> listening() throws SQLException {
        return SERVER.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'agentpulse-gateway-listen'");
    }
}
