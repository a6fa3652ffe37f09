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
 * Builds what channel messages carry. NOTIFY takes less than 8,000 bytes, so every text is cut: six texts of 200
 * characters and labels of 800 characters in all stay below it even when each character takes four bytes.
 */
public final class Payload {

    private static final int TEXT_LENGTH = 200;
    private static final int LABELS_LENGTH = 800;
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
        payload.put(field, text == null || text.length() <= TEXT_LENGTH ? text : text.substring(0, TEXT_LENGTH));
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
        int room = LABELS_LENGTH;
        for (String label : labels) {
            room -= label.length() + 1;
            if (room < 0) {
                return;
            }
            array.add(label);
        }
    }
}
