package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {

    @Property
    void readsWhatJavaPrints(@ForAll long number) {
        assertThat(NumberText.wholeNumber(Long.toString(number))).isEqualTo(number);
    }

    @Property
    void agreesWithJavaOnAnyText(@ForAll String text) {
        boolean whole = text.matches("-?[0-9]{1,18}");
        if (whole) {
            assertThat(NumberText.wholeNumber(text)).isEqualTo(Long.parseLong(text));
        } else {
            assertThatThrownBy(() -> NumberText.wholeNumber(text)).isInstanceOf(MalformedValueException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "-9223372036854775808", "0", "-0", "007"})
    void readsTheEndsOfTheRange(String text) {
        assertThat(NumberText.wholeNumber(text)).isEqualTo(Long.parseLong(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "-9223372036854775809",
                "99999999999999999999999",
                "",
                "-",
                "+1",
                "1.0",
                "1e3",
                "NaN",
                "Infinity",
                " 1",
                "1 ",
                "１"
            })
    void refusesWhatIsNotAWholeNumberOf64Bits(String text) {
        assertThatThrownBy(() -> NumberText.wholeNumber(text))
                .isInstanceOf(MalformedValueException.class)
                .hasMessageContaining("'" + text + "'");
    }
}
