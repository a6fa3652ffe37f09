package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberedPayloadTest {

    @ParameterizedTest
    @CsvSource({"7, 7", "-3, -3", "007, 7", "-0, 0", "9999999999999999999, 9999999999999999999"})
    void textOfANumberIsFollowedByTheNumber(String text, String number) {
        assertThat(NumberedPayload.of("{\"event\":\"e\",\"id\":\"" + text + "\",\"n\":{}}"))
                .isEqualTo("{\"event\":\"e\",\"id\":\"" + text + "\",\"n\":{},\"id\":" + number + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"a-1\"}",
                "{\"id\":\"12345678901234567890\"}",
                "{\"id\":\"\"}",
                "{\"id\":7}",
                "{\"id\":null}",
                "{\"event\":\"e\"}",
                "{\"row\":{\"id\":\"7\"},\"rows\":[{\"id\":\"7\"}]}",
            })
    void anythingElseStaysAsItIs(String payload) {
        assertThat(NumberedPayload.of(payload)).isEqualTo(payload);
    }

    @Test
    void aNestedIdIsNotTheRows() {
        assertThat(NumberedPayload.of("{\"row\":{\"id\":\"5\"},\"id\":\"7\"}"))
                .isEqualTo("{\"row\":{\"id\":\"5\"},\"id\":\"7\",\"id\":7}");
    }
}
