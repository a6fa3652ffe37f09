package dev.agentpulse.job.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SourceTable;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Reads one image of a row. Whether it is usable depends on its own values only, never on when it came: a before image
 * must be judged as it was when it was an after image. The reasons are listed in docs/decisions/0001-figures.md.
 *
 * <p>{@code old} is the before image of the same change: a large value that an update left alone is not in the after
 * image, and is taken from there.
 */
final class RowImages {

    /** What Debezium puts where a large value was left alone. */
    private static final String UNCHANGED = "__debezium_unavailable_value";

    private static final int QUERY_TEXT_LENGTH = 100;
    private static final int LEDGER_TEXT_LENGTH = 500;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private RowImages() {}

    static RowImage<QueryRow> query(@Nullable Struct image, @Nullable Struct old) {
        if (image == null) {
            return RowImage.absent();
        }
        String id = text(image, "id");
        Timestamp createdAt = Timestamp.of(value(image, "created_at"));
        String agent = text(image, "agent", old);
        Long latency = whole(image, "latency_ms");
        String reason = id == null
                ? "missing_id"
                : createdAt.problem() != null
                        ? createdAt.problem()
                        : agent == null ? "missing_agent" : latencyProblem(latency);
        if (reason != null) {
            return RowImage.unusable(reason);
        }
        return RowImage.of(new QueryRow(
                Objects.requireNonNull(id),
                text(image, "conversation_id", old),
                Objects.requireNonNull(agent),
                cut(text(image, "query", old), QUERY_TEXT_LENGTH),
                latency == null ? null : latency.intValue(),
                bool(image, "approved"),
                Boolean.TRUE.equals(bool(image, "human_edited")),
                createdAt.micros()));
    }

    private static @Nullable String latencyProblem(@Nullable Long latencyMs) {
        if (latencyMs == null) {
            return null;
        }
        if (latencyMs < 0) {
            return "negative_latency";
        }
        return latencyMs > Integer.MAX_VALUE ? "latency_out_of_range" : null;
    }

    static RowImage<ApprovalRow> approval(@Nullable Struct image, @Nullable Struct old) {
        if (image == null) {
            return RowImage.absent();
        }
        String id = text(image, "id");
        Timestamp createdAt = Timestamp.of(value(image, "created_at"));
        Timestamp updatedAt = Timestamp.of(value(image, "updated_at"));
        ApprovalStatus status = ApprovalStatus.parse(text(image, "status", old));
        boolean noUpdate = Timestamp.MISSING.equals(updatedAt.problem());
        String reason = id == null
                ? "missing_id"
                : createdAt.problem() != null
                        ? createdAt.problem()
                        : status == null
                                ? "unknown_status"
                                : noUpdate ? (status.isDecided() ? "missing_updated_at" : null) : updatedAt.problem();
        if (reason != null) {
            return RowImage.unusable(reason);
        }
        return RowImage.of(new ApprovalRow(
                Objects.requireNonNull(id),
                text(image, "conversation_id", old),
                Objects.requireNonNull(status),
                text(image, "approved_by", old),
                createdAt.micros(),
                noUpdate ? null : updatedAt.micros()));
    }

    static RowImage<FeedbackRow> feedback(@Nullable Struct image, @Nullable Struct old) {
        if (image == null) {
            return RowImage.absent();
        }
        String id = text(image, "id");
        Timestamp createdAt = Timestamp.of(value(image, "created_at"));
        Timestamp updatedAt = Timestamp.of(value(image, "updated_at"));
        boolean noUpdate = Timestamp.MISSING.equals(updatedAt.problem());
        JsonNode rubric = json(text(image, "rubric", old));
        String reason = id == null
                ? "missing_id"
                : createdAt.problem() != null
                        ? createdAt.problem()
                        : !noUpdate && updatedAt.problem() != null ? updatedAt.problem() : rubricProblem(rubric);
        if (reason != null) {
            return RowImage.unusable(reason);
        }
        return RowImage.of(new FeedbackRow(
                Objects.requireNonNull(id),
                text(image, "conversation_id", old),
                bool(image, "safe_to_send"),
                labels(image, old),
                number(rubric, "clarity"),
                number(rubric, "accuracy"),
                number(rubric, "tone"),
                text(image, "annotator", old),
                createdAt.micros()));
    }

    private static @Nullable String rubricProblem(JsonNode rubric) {
        if (rubric.isNull()) {
            return null;
        }
        if (!rubric.isObject()) {
            return "rubric_not_an_object";
        }
        for (String name : List.of("clarity", "accuracy", "tone")) {
            JsonNode value = rubric.get(name);
            if (value != null && !value.isNull() && !value.isNumber()) {
                return "rubric_not_a_number";
            }
        }
        return null;
    }

    private static @Nullable BigDecimal number(JsonNode rubric, String name) {
        JsonNode value = rubric.get(name);
        return value == null || value.isNull() ? null : value.decimalValue();
    }

    private static JsonNode json(@Nullable String text) {
        if (text == null) {
            return JSON.nullNode();
        }
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            // jsonb holds valid JSON, so this is a column of another type: say so as for any other unusable rubric.
            return JSON.getNodeFactory().textNode(text);
        }
    }

    private static String[] labels(Struct image, @Nullable Struct old) {
        Object value = value(image, "labels");
        if (value instanceof List<?> list && list.size() == 1 && UNCHANGED.equals(list.get(0)) && old != null) {
            value = value(old, "labels");
        }
        if (!(value instanceof List<?> list)) {
            return new String[0];
        }
        return list.stream().filter(Objects::nonNull).map(Object::toString).toArray(String[]::new);
    }

    private static @Nullable Object value(Struct image, String column) {
        // get() would put the column's default where the row says null.
        return image.schema().field(column) == null ? null : image.getWithoutDefault(column);
    }

    private static @Nullable String text(Struct image, String column) {
        Object value = value(image, column);
        return value == null ? null : value.toString();
    }

    private static @Nullable String text(Struct image, String column, @Nullable Struct old) {
        String value = text(image, column);
        return old != null && UNCHANGED.equals(value) ? text(old, column) : value;
    }

    private static @Nullable Long whole(Struct image, String column) {
        return value(image, column) instanceof Number number ? number.longValue() : null;
    }

    private static @Nullable Boolean bool(Struct image, String column) {
        return value(image, column) instanceof Boolean bool ? bool : null;
    }

    /** The first characters, never half of a surrogate pair. */
    private static @Nullable String cut(@Nullable String text, int length) {
        if (text == null || text.length() <= length) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }

    static <R> @Nullable Rejection rejection(SourceTable table, @Nullable Struct image, RowImage<R> read) {
        return read.reason() == null ? null : rejection(table, image, read.reason());
    }

    static Rejection rejection(SourceTable table, @Nullable Struct image, String reason) {
        ObjectNode json = JSON.createObjectNode();
        if (image != null) {
            for (Field field : image.schema().fields()) {
                Object value = image.getWithoutDefault(field.name());
                json.put(field.name(), value == null ? null : cut(value.toString(), LEDGER_TEXT_LENGTH));
            }
        }
        return new Rejection(table, image == null ? null : text(image, "id"), reason, json.toString());
    }
}
