package dev.agentpulse.job.sink;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a statement: its name, its SQL type, and what a row puts there.
 *
 * <p>A statement passes all values of a column as one array. The driver sends arrays of few types as bytes and spells out
 * all others, character by character; so a column is passed as one of those types, and the server makes its own of it.
 *
 * @param <R> the row
 */
record Column<R>(String name, String type, Function<R, @Nullable Object> value) {

    static <R> Column<R> text(String name, Function<R, @Nullable Object> value) {
        return new Column<>(name, "text", value);
    }

    static <R> Column<R> bigint(String name, Function<R, @Nullable Object> value) {
        return new Column<>(name, "bigint", value);
    }

    static <R> Column<R> integer(String name, Function<R, @Nullable Object> value) {
        return new Column<>(name, "integer", value);
    }

    static <R> Column<R> numeric(String name, Function<R, @Nullable Object> value) {
        return new Column<>(name, "numeric", value);
    }

    static <R> Column<R> bool(String name, Function<R, @Nullable Object> value) {
        return new Column<>(name, "boolean", value);
    }

    static <R> Column<R> jsonb(String name, Function<R, @Nullable Object> value) {
        return new Column<>(name, "jsonb", value);
    }

    /** A time in microseconds, passed as text because a double would lose the last digits of far times. */
    static <R> Column<R> time(String name, Function<R, @Nullable Long> micros) {
        return new Column<>(name, "timestamptz", row -> {
            Long value = micros.apply(row);
            return value == null ? null : text(value);
        });
    }

    /** The type of the array that is passed. */
    String passedType() {
        return isPassedAsItIs() ? type : "text";
    }

    /** An expression for a passed value as the column takes it. */
    String fromPassed(String value) {
        return isPassedAsItIs() ? value : value + "::" + type;
    }

    private boolean isPassedAsItIs() {
        return type.equals("text") || type.equals("bigint") || type.equals("integer") || type.equals("boolean");
    }

    /** What the rows put there, as the array that is passed. */
    Object[] passed(Collection<R> rows) {
        Object[] values =
                switch (passedType()) {
                    case "bigint" -> new Long[rows.size()];
                    case "integer" -> new Integer[rows.size()];
                    case "boolean" -> new Boolean[rows.size()];
                    default -> new String[rows.size()];
                };
        int i = 0;
        for (R row : rows) {
            Object given = value.apply(row);
            values[i++] = values instanceof String[] && given != null ? given.toString() : given;
        }
        return values;
    }

    /** A time as a timestamptz takes it. */
    static String text(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
