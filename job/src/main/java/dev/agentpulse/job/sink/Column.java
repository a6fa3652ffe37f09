package dev.agentpulse.job.sink;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a statement: its name, its SQL type, and what a row puts there.
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

    /** A time as a timestamptz takes it. */
    static String text(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
