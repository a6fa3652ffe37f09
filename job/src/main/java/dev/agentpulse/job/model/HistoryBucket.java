package dev.agentpulse.job.model;

import java.util.concurrent.TimeUnit;

/**
 * The lengths that history is kept in, from the shortest; each is a multiple of the one before, and all begin at midnight
 * UTC. A bucket holds the rows with {@code start <= created_at < end}.
 */
public enum HistoryBucket {
    MINUTE(0, "1m", TimeUnit.MINUTES.toMicros(1)),
    QUARTER(1, "15m", TimeUnit.MINUTES.toMicros(15)),
    HOUR(2, "1h", TimeUnit.HOURS.toMicros(1)),
    DAY(3, "1d", TimeUnit.DAYS.toMicros(1));

    private final int place;
    private final String text;
    private final long lengthMicros;

    HistoryBucket(int place, String text, long lengthMicros) {
        this.place = place;
        this.text = text;
        this.lengthMicros = lengthMicros;
    }

    /** Its place among {@link #values}; part of what state is filed by. */
    public int place() {
        return place;
    }

    /** As the column {@code bucket} has it. */
    public String text() {
        return text;
    }

    public long lengthMicros() {
        return lengthMicros;
    }

    /** Start of the bucket that a time lies in. */
    public long startOf(long timeMicros) {
        return Math.floorDiv(timeMicros, lengthMicros) * lengthMicros;
    }

    /** End of the bucket that a time lies in. */
    public long endOf(long timeMicros) {
        return startOf(timeMicros) + lengthMicros;
    }

    /** How many of the buckets that a time lies in have ended; they are the first ones. */
    public static int ended(long timeMicros, long asOfMicros) {
        int ended = 0;
        for (HistoryBucket bucket : values()) {
            if (bucket.endOf(timeMicros) > asOfMicros) {
                return ended;
            }
            ended++;
        }
        return ended;
    }
}
