package dev.agentpulse.job.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Builds what channel messages carry. NOTIFY takes less than 8,000 bytes, so every text is cut, by its characters and by
 * the bytes that they take in JSON (four for some, six for a control character): six texts and the labels together stay
 * below it whatever they hold.
 */
public final class Payload {

    private static final int TEXT_LENGTH = 200;
    private static final int TEXT_BYTES = 800;
    private static final int LABELS_BYTES = 2000;
    /** Quotation marks, comma and blank. */
    private static final int BYTES_AROUND_A_LABEL = 4;

    private static final BigDecimal MICROS_PER_MINUTE = BigDecimal.valueOf(60_000_000L);
    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000L);

    private static final ObjectMapper JSON = new ObjectMapper();

    private Payload() {}

    /** A message that says what happened. */
    public static ObjectNode of(String event) {
        return JSON.createObjectNode().put("event", event);
    }

    /** An object without {@code event}, for details. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    public static void put(ObjectNode payload, String field, @Nullable String text) {
        payload.put(field, text == null ? null : cut(text));
    }

    /** The longest beginning that fits, made of whole characters. */
    private static String cut(String text) {
        int end = 0;
        int bytes = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            int next = end + Character.charCount(character);
            bytes += jsonBytes(character);
            if (next > TEXT_LENGTH || bytes > TEXT_BYTES) {
                return text.substring(0, end);
            }
            end = next;
        }
        return text;
    }

    private static int jsonBytes(int character) {
        if (character < ' ') {
            return 6;
        }
        if (character < 0x80) {
            return character == '"' || character == '\\' ? 2 : 1;
        }
        return character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }

    /** A time as ISO 8601 in UTC, to the microsecond. */
    public static void putTime(ObjectNode payload, String field, long micros) {
        payload.put(field, Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString());
    }

    /** A span in minutes, to two decimals. */
    public static void putMinutes(ObjectNode payload, String field, long micros) {
        payload.put(field, BigDecimal.valueOf(micros).divide(MICROS_PER_MINUTE, 2, RoundingMode.HALF_UP));
    }

    /** A span in seconds, to two decimals; null where there is none. */
    public static void putSeconds(ObjectNode payload, String field, @Nullable Long micros) {
        payload.put(
                field,
                micros == null ? null : BigDecimal.valueOf(micros).divide(MICROS_PER_SECOND, 2, RoundingMode.HALF_UP));
    }

    public static void putLabels(ObjectNode payload, String field, String[] labels) {
        ArrayNode array = payload.putArray(field);
        int room = LABELS_BYTES;
        for (String label : labels) {
            room -= label.codePoints().map(Payload::jsonBytes).sum() + BYTES_AROUND_A_LABEL;
            if (room < 0) {
                return;
            }
            array.add(label);
        }
    }
}
