package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway that nobody looks at asks the database little, however many ticks there are. */
class NobodyWatchesITCase {

    private static final int TICKS = 100;

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    @Test
    void ticksAreReadOnceASecondAndTheFirstWhoAsksGetsTheNewest() throws SQLException {
        SERVER.tick();
        SERVER.awaitTick();
        double before = SERVER.tickReads();
        long begin = System.nanoTime();
        for (int n = 1; n <= TICKS; n++) {
            SERVER.tick("NOTIFY agent_queries_stream");
        }
        SERVER.awaitTick();
        double seconds = (System.nanoTime() - begin) / 1e9;

        // Once more for each second, as rows change without a tick, too, and for alerts that the gateway looks for.
        assertThat(SERVER.tickReads() - before).isLessThanOrEqualTo(2 * seconds + 10);

        // Who asks watches for a while, so this comes last.
        for (int n = 1; n <= TICKS; n++) {
            SERVER.tick();
        }
        String newest =
                SERVER.rows("SELECT sum(tick) FROM agentpulse.pipeline_status").get(0);

        assertThat(SERVER.get("/api/snapshot").body()).contains("\"tick\":" + newest + ",");
    }
}
