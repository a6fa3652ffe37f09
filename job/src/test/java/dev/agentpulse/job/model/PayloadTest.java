package dev.agentpulse.job.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {

    /** What Postgres takes, less what the writer's {@code seq} adds. */
    private static final int NOTIFY_LIMIT = 8_000 - ", \"seq\": 9223372036854775807".length();

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "漢", "😀", "\"", "\\", "\n", "\u0001", "\u007f"})
    void worstMessageOfEachCharacterFitsIntoANotification(String character) {
        String text = character.repeat(100_000);
        String[] labels = new String[1_000];
        Arrays.fill(labels, character);
        ObjectNode payload = Payload.of("new_feedback");
        for (String field : new String[] {"id", "conversation_id", "agent", "query", "approved_by", "annotator"}) {
            Payload.put(payload, field, text);
        }
        Payload.putLabels(payload, "labels", labels);
        Payload.putTime(payload, "created_at", 253_402_300_799_999_999L);
        payload.put("severity", "critical");

        // As jsonb prints it: a blank behind each colon and comma, and non-ASCII characters as they are.
        int blanks = labels.length + 20;
        assertThat(payload.toString().getBytes(StandardCharsets.UTF_8).length + blanks)
                .isLessThan(NOTIFY_LIMIT);
    }

    @Test
    void longTextIsCutWithoutHalvingACharacter() {
        ObjectNode payload = Payload.object();
        Payload.put(payload, "text", "x".repeat(199) + "😀" + "y");

        assertThat(payload.get("text").textValue()).isEqualTo("x".repeat(199));
    }

    @Test
    void labelsAreLeftOutWhole() {
        ObjectNode payload = Payload.object();
        Payload.putLabels(payload, "labels", new String[] {"a".repeat(1_500), "b".repeat(600), "c"});

        assertThat(payload.get("labels")).hasSize(1);
    }

    @Test
    void timesAndSpansAreReadable() {
        ObjectNode payload = Payload.object();
        Payload.putTime(payload, "time", Samples.START + 1);
        Payload.putMinutes(payload, "minutes", 6 * Samples.MINUTE + 299_999);
        Payload.putSeconds(payload, "seconds", 1_005_000L);
        Payload.putSeconds(payload, "none", null);

        assertThat(payload).hasToString("""
                {"time":"2023-11-14T22:13:20.000001Z","minutes":6.00,"seconds":1.01,"none":null}""");
    }
}
