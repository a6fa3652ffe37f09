package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErlangCTest {

    /** The traffic that so many trunks carry with 1 % and with 5 % blocked, of the published tables of Erlang B. */
    @ParameterizedTest
    @CsvSource({
        "1, 0.0101, 0.01",
        "2, 0.153, 0.01",
        "5, 1.361, 0.01",
        "10, 4.461, 0.01",
        "20, 12.03, 0.01",
        "50, 37.90, 0.01",
        "100, 84.06, 0.01",
        "5, 2.219, 0.05",
        "10, 6.216, 0.05",
        "20, 15.25, 0.05",
        "50, 44.53, 0.05"
    })
    void blocksWhatTheTablesSay(int servers, double offered, double blocked) {
        assertThat(ErlangC.blocked(offered, servers)).isCloseTo(blocked, within(blocked * 0.005));
    }

    /** The probability of waiting in M/M/c at 80 % and 90 % load, as books on queues print it. */
    @ParameterizedTest
    @CsvSource({
        "1, 0.8, 0.8",
        "2, 1, 0.3333",
        "3, 2, 0.4444",
        "5, 4, 0.5541",
        "10, 8, 0.4092",
        "10, 9, 0.6687",
        "20, 18, 0.5508"
    })
    void waitsWithTheProbabilityOfTheBooks(int servers, double offered, double waits) {
        assertThat(ErlangC.waits(offered, servers)).isCloseTo(waits, within(0.0001));
    }

    @Test
    void everybodyWaitsWhereMoreIsOfferedThanCanBeTaken() {
        assertThat(ErlangC.waits(3, 3)).isEqualTo(1);
        assertThat(ErlangC.waits(4, 3)).isEqualTo(1);
    }

    @Test
    void needsTheLeastNumberThatKeepsThePromise() {
        // 100 an hour, 20 an hour each, 5 minutes, 5 %
        int needed = ErlangC.serversNeeded(100, 20, 1.0 / 12, 0.05);
        assertThat(longer(100, 20, needed, 1.0 / 12)).isLessThanOrEqualTo(0.05);
        assertThat(longer(100, 20, needed - 1, 1.0 / 12)).isGreaterThan(0.05);
        assertThat(ErlangC.serversNeeded(0, 20, 1, 0.05)).isZero();
        assertThat(ErlangC.serversNeeded(1e9, 1, 1, 0.05)).isEqualTo(ErlangC.MOST_SERVERS);
        assertThatIllegalArgumentException().isThrownBy(() -> ErlangC.serversNeeded(1, 0, 1, 0.05));
    }

    private static double longer(double arrivals, double served, int servers, double time) {
        return servers * served <= arrivals
                ? 1
                : ErlangC.waits(arrivals / served, servers) * Math.exp(-(servers * served - arrivals) * time);
    }
}
