package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampTextTest {

    // The first day that Postgres holds, and the last that fits.
    private static final long FIRST = -210_866_803_200_000_000L;
    private static final long LAST = Long.MAX_VALUE - 60_000_000_000L;

    private static final DateTimeFormatter POSTGRES = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR_OF_ERA, 4, 10, SignStyle.NEVER)
            .appendPattern("-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter(Locale.ROOT);

    @Property
    void readsWhatIsPrintedWithAnyOffset(
            @ForAll @LongRange(min = FIRST, max = LAST) long micros,
            @ForAll @IntRange(min = -57_599, max = 57_599) int offset) {
        Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        assertThat(TimestampText.micros(print(instant, offset))).isEqualTo(micros);
    }

    private static String print(Instant instant, int offset) {
        String sign = offset < 0 ? "-" : "+";
        int seconds = Math.abs(offset);
        String zone = String.format(Locale.ROOT, "%s%02d", sign, seconds / 3600);
        if (seconds % 3600 != 0) {
            zone += String.format(Locale.ROOT, ":%02d", seconds / 60 % 60);
        }
        if (seconds % 60 != 0) {
            zone += String.format(Locale.ROOT, ":%02d", seconds % 60);
        }
        var local = instant.atOffset(ZoneOffset.UTC).plusSeconds(offset);
        return POSTGRES.format(local) + zone + (local.getYear() <= 0 ? " BC" : "");
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01 00:00:00+00, 0",
        "1970-01-01 00:00:00, 0",
        "1970-01-01 00:00:00.000001+00, 1",
        "1969-12-31 23:59:59.9+00, -100000",
        "1970-01-01 05:30:00+05:30, 0",
        "1969-12-31 23:58:45-00:01:15, 0",
        "2000-02-29 12:00:00+00, 951825600000000",
        "infinity, 9223372036854775807",
        "-infinity, -9223372036854775808",
        "0001-12-31 00:00:00+00 BC, -62135683200000000",
        "10000-01-01 00:00:00+00, 253402300800000000"
    })
    void readsKnownTimes(String text, long micros) {
        assertThat(TimestampText.micros(text)).isEqualTo(micros);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "Infinity",
                "2024-01-01",
                "2024-01-01T00:00:00Z",
                "2024-13-01 00:00:00+00",
                "2024-00-01 00:00:00+00",
                "2023-02-29 00:00:00+00",
                "1900-02-29 00:00:00+00",
                "2024-01-01 24:00:00+00",
                "2024-01-01 00:60:00+00",
                "2024-01-01 00:00:00+0",
                "2024-01-01 00:00:00+16",
                "2024-01-01 00:00:00.+00",
                "2024-01-01 00:00:00.1234567+00",
                "2024-01-01 00:00:00+00 AD",
                "2024-01-01 00:00:00+00 ",
                "0000-01-01 00:00:00+00",
                "01/02/2024 00:00:00",
                "294276-12-31 23:59:59+00",
                "9999999-01-01 00:00:00+00"
            })
    void refusesWhatIsNoTimeOrDoesNotFit(String text) {
        assertThatThrownBy(() -> TimestampText.micros(text))
                .isInstanceOf(MalformedValueException.class)
                .hasMessageContaining(text);
    }

    @Property
    void refusesAnyOtherText(@ForAll String text) {
        assertThatThrownBy(() -> TimestampText.micros(text)).isInstanceOf(MalformedValueException.class);
    }
}
