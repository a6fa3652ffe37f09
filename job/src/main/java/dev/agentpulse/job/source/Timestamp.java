package dev.agentpulse.job.source;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
                    : new Timestamp(ChronoUnit.MICROS.between(Instant.EPOCH, instant), null);
        } catch (DateTimeException e) {
            return new Timestamp(0, "timestamp_out_of_range");
        }
    }
}
