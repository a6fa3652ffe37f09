package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.web.Limits;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When many watch, each gets frames less often, and the database is read no more often than for one. */
class ManyViewersITCase {

    private static final int VIEWERS = 30;
    private static final int TICKS = 60;
    private static final long CALM_MILLIS = 500;

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(
            config -> config.withLimits(new Limits(100, 100, 1_000, 100, 100, 4_096, 1_000, VIEWERS)));

    private final List<EventClient> viewers = new ArrayList<>();

    @BeforeEach
    void fill() throws SQLException {
        SERVER.tick(
                "DELETE FROM agentpulse.agent_health",
                "INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m)"
                        + " VALUES ('sales', 'healthy', now(), 0)");
        SERVER.awaitTick();
    }

    @AfterEach
    void close() {
        viewers.forEach(EventClient::close);
    }

    @Test
    void manyGetTheNewestTickTwiceASecond() throws SQLException {
        watch(VIEWERS);
        long begin = System.nanoTime();
        makeTicks();
        viewers.forEach(viewer -> viewer.await("tick", data -> data.toString().contains(latency(TICKS))));
        long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);

        for (EventClient viewer : viewers) {
            assertThat((long) viewer.all("tick").size()).isLessThanOrEqualTo(elapsed / CALM_MILLIS + 2);
        }
    }

    @Test
    void oneReadATickIsEnoughForAll() throws SQLException {
        watch(VIEWERS - 1);
        double before = SERVER.tickReads();
        long begin = System.nanoTime();
        makeTicks();
        viewers.forEach(viewer -> viewer.await("tick", data -> data.toString().contains(latency(TICKS))));
        double seconds = (System.nanoTime() - begin) / 1e9;

        // Besides, once a second in any case, for rows that change without a tick.
        assertThat(SERVER.tickReads() - before).isLessThanOrEqualTo(TICKS + seconds + 2);
    }

    private void watch(int count) {
        for (int i = 0; i < count; i++) {
            EventClient viewer = EventClient.open(SERVER, "/api/events");
            viewers.add(viewer);
            viewer.await("snapshot");
        }
    }

    private static void makeTicks() throws SQLException {
        for (int n = 1; n <= TICKS; n++) {
            SERVER.tick("UPDATE agentpulse.agent_health SET avg_latency_ms_1m = " + n);
        }
    }

    private static String latency(int value) {
        return "\"avg_latency_ms_1m\":" + value + ",";
    }
}
