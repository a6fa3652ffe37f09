package dev.agentpulse.bench.viewers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ViewerStreamTest {

    private static final String STREAM = """
            HTTP/1.1 200 OK\r
            transfer-encoding: chunked\r
            \r
            1a2\r
            event: snapshot
            data: {"tick":6,"as_of":"2026-01-01T00:00:00Z","tables":{}}

            event: tick
            data: {"tick":7,"as_of":"2026-01-01T00:00:01.500Z","changes":[%s]}

            event: channel
            data: {"tick":8,"as_of":"2026-01-01T00:00:02Z"}

            """.formatted("x".repeat(500));

    @Test
    void countsTicksHoweverTheBytesAreCut() {
        byte[] bytes = STREAM.getBytes(StandardCharsets.US_ASCII);
        for (int cut : new int[] {1, 7, 1_000}) {
            ViewerStream stream = new ViewerStream();
            ViewerCrowd.Arrivals arrivals = new ViewerCrowd.Arrivals();
            for (int from = 0; from < bytes.length; from += cut) {
                stream.take(bytes, from, Math.min(from + cut, bytes.length), arrivals);
            }

            assertThat(stream.isConnected()).isTrue();
            assertThat(stream.ticks()).isEqualTo(1);
        }
    }

    @Test
    void aRefusalIsNoConnection() {
        byte[] bytes = "HTTP/1.1 503 Service Unavailable\r\n\r\n{}\n".getBytes(StandardCharsets.US_ASCII);
        ViewerStream stream = new ViewerStream();
        stream.take(bytes, 0, bytes.length, null);

        assertThat(stream.isConnected()).isFalse();
    }

    @Test
    void agesAreFromTheTicksTimeAndSpreadsFromTheFirstViewer() {
        ViewerCrowd.Arrivals arrivals = new ViewerCrowd.Arrivals();
        arrivals.tick(1, 1_000, 1_010);
        arrivals.tick(1, 1_000, 1_030);

        assertThat(arrivals.ageMillis()).containsExactly(10L, 30L);
        assertThat(arrivals.spreadMillis()).containsExactly(0L, 20L);
    }

    @Test
    void readsAreCountedByTick() {
        GatewayCounters before = GatewayCounters.parse("agentpulse_gateway_tick 10\nagentpulse_gateway_tick_reads 4\n");
        GatewayCounters after = GatewayCounters.parse(
                "# HELP x\nagentpulse_gateway_tick 30\nagentpulse_gateway_tick_reads 24\nagentpulse_gateway_viewers 5\n");

        assertThat(after.since(before, 2))
                .startsWith("5 viewers, 10.0 ticks a second, 1.00 reads of the database a tick");
    }
}
