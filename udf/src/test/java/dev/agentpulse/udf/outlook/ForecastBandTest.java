package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ForecastBandTest {

    private static final int HOURS = 24;
    private static final long SEED = 4;

    @Test
    void isUnknownUntilFiveForecastsHaveBeenCompared() {
        ForecastBand band = new ForecastBand(HOURS);
        double[] expected = new double[HOURS];
        for (int i = 0; i < 5; i++) {
            band.step(i, expected);
            assertThat(band.isKnown(1)).isFalse();
        }
        band.step(5, expected);
        assertThat(band.isKnown(1)).isTrue();
        assertThat(band.isKnown(24)).isFalse();
        assertThat(band.low(10, 1)).isEqualTo(10 + 1.4);
        assertThat(band.high(10, 1)).isEqualTo(10 + 4.6);
    }

    @Test
    void holdsFourOfFiveValuesHoweverWideTheyScatter() {
        Random random = new Random(SEED);
        ForecastBand band = new ForecastBand(HOURS);
        double[] expected = new double[HOURS];
        Arrays.fill(expected, 1000);
        int[] inside = new int[3];
        int tries = 20_000;
        for (int i = 0; i < tries; i++) {
            double actual = 1000 + random.nextGaussian() * (i < tries / 2 ? 5 : 50);
            int[] hours = {1, 6, 24};
            for (int group = 0; group < 3; group++) {
                if (band.isKnown(hours[group])) {
                    inside[group] +=
                            actual >= band.low(1000, hours[group]) && actual <= band.high(1000, hours[group]) ? 1 : 0;
                }
            }
            band.step(actual, expected);
        }
        for (int group = 0; group < 3; group++) {
            assertThat((double) inside[group] / tries).as("seed %s", SEED).isBetween(0.78, 0.82);
        }
    }

    @Test
    void goesOnAfterBeingStoredAsIfItHadNotBeen() throws IOException {
        Random random = new Random(SEED);
        ForecastBand band = new ForecastBand(HOURS);
        ForecastBand stored = new ForecastBand(HOURS);
        for (int i = 0; i < 200; i++) {
            double actual = random.nextDouble();
            double[] expected = random.doubles(HOURS).toArray();
            band.step(actual, expected);
            stored.step(actual, expected);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            stored.encode(new DataOutputStream(bytes));
            assertThat(bytes.size()).isLessThan(4608);
            stored = ForecastBand.decode(HOURS, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            for (int hour = 1; hour <= HOURS; hour++) {
                if (band.isKnown(hour)) {
                    assertThat(stored.low(5, hour)).isEqualTo(band.low(5, hour));
                    assertThat(stored.high(5, hour)).isEqualTo(band.high(5, hour));
                }
            }
        }
    }
}
