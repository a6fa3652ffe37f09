package dev.agentpulse.gateway.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The filter of a binding: {@code column=operator.value}. Numbers are compared as numbers, times as times, all else as
 * text; a null, or a value that is not of the column's type, matches nothing.
 */
public record ChangeFilter(String column, Operator operator, List<String> values) {

    private static final int MOST_VALUES = 100;

    /** Those of Realtime. */
    public enum Operator {
        EQ,
        NEQ,
        LT,
        LTE,
        GT,
        GTE,
        IN
    }

    public ChangeFilter {
        values = List.copyOf(values);
    }

    /**
     * Reads it.
     *
     * @throws MalformedFrameException with a sentence for the client
     */
    public static ChangeFilter parse(String text) {
        int equals = text.indexOf('=');
        int point = text.indexOf('.', equals + 1);
        if (equals < 1 || point < 0) {
            throw new MalformedFrameException(
                    "Error parsing `filter` params: " + text + " is not column=operator.value");
        }
        Operator operator;
        try {
            operator = Operator.valueOf(text.substring(equals + 1, point).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new MalformedFrameException("Error parsing `filter` params: the operator of " + text
                    + " is not one of eq, neq, lt, lte, gt, gte, in");
        }
        String value = text.substring(point + 1);
        return new ChangeFilter(
                text.substring(0, equals), operator, operator == Operator.IN ? list(value) : List.of(unquoted(value)));
    }

    boolean matches(RowChange change) {
        JsonNode found = change.filterable().get(column);
        Optional<Column> known = change.relation().column(column);
        if (found == null || found.isNull() || known.isEmpty()) {
            return false;
        }
        return switch (operator) {
            case IN -> values.stream().anyMatch(value -> is(compare(known.get(), found, value), Operator.EQ));
            default -> is(compare(known.get(), found, values.get(0)), operator);
        };
    }

    private static boolean is(@Nullable Integer order, Operator operator) {
        if (order == null) {
            return false;
        }
        return switch (operator) {
            case EQ, IN -> order == 0;
            case NEQ -> order != 0;
            case LT -> order < 0;
            case LTE -> order <= 0;
            case GT -> order > 0;
            case GTE -> order >= 0;
        };
    }

    /** Null where the two cannot be compared. */
    private static @Nullable Integer compare(Column column, JsonNode found, String wanted) {
        try {
            if (column.isNumber()) {
                return found.decimalValue().compareTo(new BigDecimal(wanted.strip()));
            }
            if (column.type().equals("timestamptz")) {
                return OffsetDateTime.parse(found.asText())
                        .toInstant()
                        .compareTo(OffsetDateTime.parse(wanted.strip()).toInstant());
            }
        } catch (NumberFormatException | DateTimeException e) {
            return null;
        }
        return (found.isValueNode() ? found.asText() : found.toString()).compareTo(wanted);
    }

    private static List<String> list(String text) {
        if (!text.startsWith("(") || !text.endsWith(")")) {
            throw new MalformedFrameException("Error parsing `filter` params: in takes (a,b,c), but is " + text);
        }
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        String inside = text.substring(1, text.length() - 1);
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c == '\\' && quoted && i + 1 < inside.length()) {
                value.append(inside.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        if (quoted || values.size() > MOST_VALUES) {
            throw new MalformedFrameException("Error parsing `filter` params: in takes at most " + MOST_VALUES
                    + " values, and a quote has its end");
        }
        return values;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? list("(" + text + ")").get(0) : text;
    }
}
