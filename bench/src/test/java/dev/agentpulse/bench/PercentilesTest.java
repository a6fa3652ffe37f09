package dev.agentpulse.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

    @Test
    void areTheNearestRanksOfAHundredValues() {
        Percentiles percentiles = new Percentiles(
                LongStream.rangeClosed(1, 100).map(value -> 101 - value).toArray());

        assertThat(percentiles.at(50)).isEqualTo(50);
        assertThat(percentiles.at(95)).isEqualTo(95);
        assertThat(percentiles.at(99)).isEqualTo(99);
        assertThat(percentiles.at(100)).isEqualTo(100);
        assertThat(percentiles.max()).isEqualTo(100);
    }

    @Test
    void ofFewValuesAreValuesThatWereMeasured() {
        Percentiles percentiles = new Percentiles(new long[] {30, 10, 20});

        assertThat(percentiles.at(1)).isEqualTo(10);
        assertThat(percentiles.at(50)).isEqualTo(20);
        assertThat(percentiles.at(67)).isEqualTo(30);
    }

    @Test
    void needValuesAndASensiblePercentage() {
        assertThatThrownBy(() -> new Percentiles(new long[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Percentiles(new long[] {1}).at(0)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> new Percentiles(new long[] {1}).at(101)).hasMessageContaining("101.0");
    }
}
