package dev.agentpulse.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a column of type json can hold, which keeps a text as it was written. */
class RubricTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tone\": 4} | 4",
                "{\"tone\": 1e2} | 100",
                "{\"tone\": -0.50} | -0.50",
                "{\"tone\": 1, \"tone\": 2} | 2",
                "{\"t\\u006fne\": 5} | 5",
                "{\"Tone\": 5} |",
                "{\"deep\": {\"tone\": 5}} |",
                "{\"text\": \"\\ud800 \\u0000\", \"tone\": 2} | 2",
                "null |"
            })
    void numbersAreThoseOfPostgres(String json, @Nullable BigDecimal tone) throws Exception {
        assertThat(Rubric.parse(json).number(Rubric.TONE)).isEqualTo(tone);
    }

    @Test
    void theRestMayBeOfAnyDepthAndLength() throws Exception {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        String digits = "9".repeat(100_000);
        String name = "n".repeat(100_000);

        assertThat(Rubric.parse("{\"a\": " + deep + ", \"b\": " + digits + ", \"" + name + "\": 1, \"clarity\": 3}")
                        .number(Rubric.CLARITY))
                .isEqualTo(new BigDecimal(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e100", "-1e100", "1e999999999", "1e-999999999", "1e99999999999999", "1e-101", "0e999999999"})
    void numbersWithoutBoundAreNotSummed(String number) {
        assertThatThrownBy(() -> Rubric.parse("{\"accuracy\": " + number + "}"))
                .isInstanceOf(UnusableValueException.class)
                .extracting(problem -> ((UnusableValueException) problem).reason())
                .isEqualTo("rubric_number_out_of_range");
    }

    @Test
    void numbersUpToTheBoundAre() throws Exception {
        Rubric rubric = Rubric.parse("{\"accuracy\": " + "9".repeat(100) + "." + "9".repeat(100) + "}");

        assertThat(rubric.number(Rubric.ACCURACY)).isEqualTo(new BigDecimal("9".repeat(100) + "." + "9".repeat(100)));
    }
}
