package dev.agentpulse.job.source;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A timestamptz as Debezium gives it: ISO 8601 in UTC with up to six digits of a second, or the word infinity.
 *
 * @param micros since the epoch; meaningless where there is a problem
 * @param problem the reason for the ledger, null for a usable time
 */
record Timestamp(long micros, @Nullable String problem) {

    static final String MISSING = "missing_created_at";

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1000;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    static Timestamp of(@Nullable Object value) {
        if (value == null) {
            return new Timestamp(0, MISSING);
        }
        String text = value.toString();
        if (text.toLowerCase(Locale.ROOT).contains("infinity")) {
            return new Timestamp(0, "infinite_timestamp");
        }
        try {
            Instant instant = Instant.parse(text);
            return instant.isBefore(FIRST) || instant.isAfter(LAST)
                    ? new Timestamp(0, "timestamp_out_of_range")
                    : new Timestamp(micros(instant), null);
        } catch (DateTimeException e) {
            return new Timestamp(0, "timestamp_out_of_range");
        }
    }

    /** Not by {@code ChronoUnit}, which counts nanoseconds and overflows within three centuries of the epoch. */
    private static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / NANOS_PER_MICRO);
    }
}
