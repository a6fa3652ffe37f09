package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway that nobody looks at asks the database little, however many ticks there are. */
class NobodyWatchesITCase {

    private static final int TICKS = 100;

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    @Test
    void ticksAreReadOnceASecondAndByTheFirstWhoComes() throws SQLException {
        SERVER.tick();
        SERVER.awaitTick();
        double before = SERVER.tickReads();
        long begin = System.nanoTime();
        for (int n = 1; n <= TICKS; n++) {
            SERVER.tick("NOTIFY agent_queries_stream");
        }
        SERVER.awaitTick();
        double seconds = (System.nanoTime() - begin) / 1e9;

        // Once more for each second, because rows change without a tick, too.
        assertThat(SERVER.tickReads() - before).isLessThanOrEqualTo(2 * seconds + 3);

        SERVER.tick(
                "DELETE FROM agentpulse.agent_health",
                "INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m)"
                        + " VALUES ('first', 'healthy', now(), 7)",
                "NOTIFY agent_queries_stream");
        try (EventClient first = EventClient.open(SERVER, "/api/events")) {
            Await.until("the first viewer has the newest row", () -> Stream.of("snapshot", "tick")
                    .anyMatch(name -> first.all(name).toString().contains("first")));
        }
    }
}
