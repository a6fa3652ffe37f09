package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a version has encoded that wrote steps, hours and samples where there was nothing, too. */
class EarlierStateTest {

    private static final long START = 2_000_000 * RecentQueries.STEP_MICROS;
    private static final long HOURS = 3 * 120 * RecentQueries.STEP_MICROS;

    @Test
    void isReadAsWhatItWas() throws IOException {
        assertThat(AgentAnomalies.decode(earlier("busy")).encode())
                .isEqualTo(queries(30_000_000, 600).encode());
        assertThat(AgentAnomalies.decode(earlier("quiet")).encode())
                .isEqualTo(queries(3_000_000_000L, Double.NaN).encode())
                .hasSizeLessThan(500);
    }

    private static byte[] earlier(String agent) throws IOException {
        String name = "earlier-anomalies-of-a-" + agent + "-agent.bin";
        try (InputStream file = Objects.requireNonNull(EarlierStateTest.class.getResourceAsStream(name), name)) {
            return file.readAllBytes();
        }
    }

    /** @param past what each slot of the weeks before had; none if it is no number */
    static AgentAnomalies queries(long apartMicros, double past) {
        Random random = new Random(7);
        AgentAnomalies anomalies = new AgentAnomalies(START);
        LatencyDetector.Past before = new LatencyDetector.Past(slots(past), slots(past * 200));
        for (long time = START; time < START + HOURS; time += apartMicros) {
            anomalies.advanceTo(time, before, new Nobody());
            boolean reviewed = random.nextInt(4) == 0;
            anomalies.add(new Query(time, random.nextInt(900), reviewed ? random.nextBoolean() : null, false), 1);
        }
        return anomalies;
    }

    private static Slots slots(double sum) {
        return new Slots() {
            @Override
            public long firstSlot() {
                return Double.isNaN(sum) ? Long.MAX_VALUE : 0;
            }

            @Override
            public double sum(long slot) {
                return sum;
            }
        };
    }

    private static final class Nobody implements AgentAnomalies.Listener {
        @Override
        public void opened(AgentAnomalies.Measure measure, long timeMicros, VolumeDetector.Found found) {}

        @Override
        public void closed(AgentAnomalies.Measure measure, long openedAtMicros, long timeMicros) {}
    }
}
