package dev.agentpulse.local.chaos.corrections;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WritingAgainTest {

    private static final Instant START = Instant.parse("2026-11-26T12:00:00Z");
    private static final Instant BLOW = second(10);

    private final WritingAgain again = new WritingAgain();

    @Test
    void isWhenResultsAreNewerThanTheBlow() {
        again.see(second(9), second(9.5), null);
        again.see(second(9.9), second(10.1), BLOW);
        assertThat(again.since()).isEmpty();
        // What had been committed before is read first.
        again.see(second(9.95), second(15), BLOW);
        assertThat(again.since()).isEmpty();
        again.see(second(15.1), second(15.2), BLOW);
        again.see(second(15.3), second(15.4), BLOW);

        assertThat(again.since()).contains(second(15.2));
    }

    @Test
    void isAfterTheLastSilenceOfAJobThatRanOn() {
        again.see(second(10.5), second(10.6), BLOW);
        assertThat(again.since()).contains(second(10.6));
        again.see(second(10.5), second(11), BLOW);
        again.see(second(10.5), second(14), BLOW);
        again.see(second(20), second(20.1), BLOW);
        again.see(second(20.5), second(20.6), BLOW);

        assertThat(again.since()).contains(second(20.1));
    }

    @Test
    void takesALookThatCameLateForNoSilence() {
        again.see(second(10.5), second(10.6), BLOW);
        again.see(second(13.9), second(14), BLOW);

        assertThat(again.since()).contains(second(10.6));
    }

    private static Instant second(double number) {
        return START.plusMillis(Math.round(1000 * number));
    }
}
