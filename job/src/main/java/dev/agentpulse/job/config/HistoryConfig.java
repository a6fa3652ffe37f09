package dev.agentpulse.job.config;

import dev.agentpulse.job.model.HistoryBucket;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.TimeUtils;

/**
 * How history is kept.
 *
 * @param correctDeletesMicros a row that is deleted later than this after the end of its minute stays in history
 * @param keptMicros how long buckets are kept after their end, in the order of {@link HistoryBucket}; 0 for ever
 * @param backfill whether what lies before the first start is read from the source tables
 * @param backfillLimit how many rows of it are read in a second, at most
 * @param reachMicros how far back the rows of a snapshot count: it holds at least those of this time
 */
public record HistoryConfig(
        long correctDeletesMicros, List<Long> keptMicros, boolean backfill, int backfillLimit, long reachMicros)
        implements Serializable {

    private static final long MICROS_PER_MILLI = 1000;
    private static final Duration DAY = Duration.ofDays(1);
    private static final long LONGEST_REACH_MICROS = Duration.ofHours(1).toMillis() * MICROS_PER_MILLI;

    public HistoryConfig {
        keptMicros = List.copyOf(keptMicros);
        if (backfillLimit <= 0) {
            throw new IllegalArgumentException(
                    JobOptions.HISTORY_BACKFILL_LIMIT.key() + " must be positive, but is " + backfillLimit);
        }
    }

    /**
     * @param readMicros how far back a snapshot reads
     * @throws IllegalArgumentException with one sentence that names the option, its value and what is expected
     */
    static HistoryConfig from(Configuration options, long readMicros) {
        Duration correctDeletes = options.get(JobOptions.HISTORY_CORRECT_DELETES);
        if (correctDeletes.compareTo(DAY) < 0) {
            throw new IllegalArgumentException(JobOptions.HISTORY_CORRECT_DELETES.key()
                    + " must be at least 1 d, the longest bucket, but is "
                    + TimeUtils.formatWithHighestUnit(correctDeletes));
        }
        // What a TRUNCATE leaves of a day is summed up from its minutes.
        requireKept(
                options,
                JobOptions.MINUTE_HISTORY_RETENTION,
                correctDeletes.plus(DAY),
                "a day more than " + JobOptions.HISTORY_CORRECT_DELETES.key());
        requireKeptAsLong(options, JobOptions.QUARTER_HISTORY_RETENTION, JobOptions.MINUTE_HISTORY_RETENTION);
        requireKeptAsLong(options, JobOptions.HOUR_HISTORY_RETENTION, JobOptions.QUARTER_HISTORY_RETENTION);
        requireKeptAsLong(options, JobOptions.DAY_HISTORY_RETENTION, JobOptions.HOUR_HISTORY_RETENTION);
        return new HistoryConfig(
                micros(correctDeletes),
                List.of(
                        micros(options.get(JobOptions.MINUTE_HISTORY_RETENTION)),
                        micros(options.get(JobOptions.QUARTER_HISTORY_RETENTION)),
                        micros(options.get(JobOptions.HOUR_HISTORY_RETENTION)),
                        micros(options.get(JobOptions.DAY_HISTORY_RETENTION))),
                options.get(JobOptions.HISTORY_BACKFILL),
                options.get(JobOptions.HISTORY_BACKFILL_LIMIT),
                Math.min(readMicros, LONGEST_REACH_MICROS));
    }

    /**
     * Start of the oldest bucket that is kept, a midnight; {@link Long#MIN_VALUE} if all are. All are kept by whole days: minutes
     * of a day share a partition, which goes as a whole, and what goes is compared with the longer buckets that stay.
     */
    public long keptFromMicros(HistoryBucket bucket, long asOfMicros) {
        long kept = keptMicros(bucket);
        return kept == 0 ? Long.MIN_VALUE : HistoryBucket.DAY.startOf(asOfMicros - kept);
    }

    /** How long a bucket is kept after its end; 0 for ever. */
    public long keptMicros(HistoryBucket bucket) {
        return keptMicros.get(bucket.place());
    }

    /** A longer bucket outlives the shorter ones in it. */
    private static void requireKeptAsLong(
            Configuration options, ConfigOption<Duration> option, ConfigOption<Duration> shorter) {
        Duration least = options.get(shorter);
        if (least.isZero() && !options.get(option).isZero()) {
            throw new IllegalArgumentException(option.key() + " must be 0 (for ever) as " + shorter.key()
                    + " is, but is " + TimeUtils.formatWithHighestUnit(options.get(option)));
        }
        requireKept(options, option, least, shorter.key());
    }

    private static void requireKept(
            Configuration options, ConfigOption<Duration> option, Duration least, String because) {
        Duration kept = options.get(option);
        if (!kept.isZero() && kept.compareTo(least) < 0) {
            throw new IllegalArgumentException(option.key() + " must be 0 (for ever) or at least " + because
                    + ", which is " + TimeUtils.formatWithHighestUnit(least) + ", but is "
                    + TimeUtils.formatWithHighestUnit(kept));
        }
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * MICROS_PER_MILLI;
    }
}
