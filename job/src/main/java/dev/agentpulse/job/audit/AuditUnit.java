package dev.agentpulse.job.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are compared by one statement: those of one subject, and of history those of some lengths within a span.
 *
 * @param subject the agent or annotator; null where the table has one for all
 * @param buckets lengths of buckets; empty but for history
 * @param fromMicros start of the span, inclusive; 0 but for history
 * @param untilMicros its end, exclusive; no bucket of these lengths lies across it
 */
public record AuditUnit(
        AuditedTable table, @Nullable String subject, List<String> buckets, long fromMicros, long untilMicros) {

    static final long MINUTE = 60_000_000L;
    static final long QUARTER = 15 * MINUTE;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    static final List<String> OF_AN_HOUR = List.of("1m", "15m", "1h");
    static final List<String> OF_A_DAY = List.of("1d");

    public AuditUnit {
        buckets = List.copyOf(buckets);
    }

    static AuditUnit of(AuditedTable table, @Nullable String subject) {
        return new AuditUnit(table, subject, List.of(), 0, 0);
    }

    /** Everything up to an hour long in the hour of an instant. */
    static AuditUnit hour(AuditedTable table, String subject, long micros) {
        long from = Math.floorDiv(micros, HOUR) * HOUR;
        return new AuditUnit(table, subject, OF_AN_HOUR, from, from + HOUR);
    }

    static AuditUnit day(AuditedTable table, String subject, long micros) {
        long from = Math.floorDiv(micros, DAY) * DAY;
        return new AuditUnit(table, subject, OF_A_DAY, from, from + DAY);
    }

    /**
     * A part of it that is much faster to compare: of an hour a quarter, of that a minute.
     *
     * @return null if there is none
     */
    @Nullable
    AuditUnit narrower() {
        if (!table.isHistory() || buckets.equals(OF_A_DAY)) {
            return null;
        }
        long length = untilMicros - fromMicros;
        if (length > QUARTER) {
            return new AuditUnit(table, subject, List.of("1m", "15m"), fromMicros, fromMicros + QUARTER);
        }
        return length > MINUTE ? new AuditUnit(table, subject, List.of("1m"), fromMicros, fromMicros + MINUTE) : null;
    }

    /** For people: {@code sales 1m, 15m, 1h 2026-11-26T12:00:00Z/2026-11-26T13:00:00Z}. */
    public String key() {
        if (!table.isHistory()) {
            return subject == null ? "all" : subject;
        }
        return subject + " " + String.join(", ", buckets) + " " + time(fromMicros) + "/" + time(untilMicros);
    }

    private static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
