package dev.agentpulse.job.sink;

import dev.agentpulse.job.backfill.HistorySeam;
import dev.agentpulse.job.backfill.Pace;
import dev.agentpulse.job.backfill.PastBuckets;
import dev.agentpulse.job.backfill.PastRows;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills history with what lies before the first start: a thread beside the tick writer reads the source tables day by day,
 * the newest first, and ends when there is nothing older, or nothing that would be kept. How far it is, is in {@code
 * history_progress}, from where it goes on after a restart. Whatever goes wrong with a database is tried again, while other
 * tables go on, and never fails the job.
 *
 * <p>A day is read in one snapshot, its rows are written by small transactions where nobody takes them for history yet, and
 * taken in between two ticks (see {@link HistorySeam}). Of a stretch of time without rows nothing is written, so what an
 * earlier job has written there stays.
 */
final class HistoryBackfill implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryBackfill.class);

    private static final String APPLICATION_NAME = "agentpulse backfill writer";
    private static final long PAUSE_MILLIS = 100;
    private static final long NOT_ENDED_MILLIS = 1000;
    private static final long FIRST_RETRY_MILLIS = 1000;
    private static final long LONGEST_RETRY_MILLIS = 300_000;

    private static final long SUM_UP_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** No usable row is older. */
    private static final long FIRST_MICROS =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

    private static final String NOTE = "UPDATE " + HistoryProgressSql.TABLE + " SET problem = ? WHERE "
            + HistoryProgressSql.OF_RANGE + " AND state <> 'done' AND problem IS DISTINCT FROM ?";

    private final JobConfig config;
    private final PastRows rows;
    private final BackfillSteps steps;
    private final BetweenTicks between;
    private final SideThread thread = new SideThread("agentpulse-backfill");
    private final Pace pace;

    // Only the thread touches these two.

    /** When a table is tried again that could not be read; by the clock of {@link System#nanoTime}. */
    private final Map<HistoryTable, Long> triedAgainNanos = new EnumMap<>(HistoryTable.class);

    /** How long it is left alone if it cannot be read once more. */
    private final Map<HistoryTable, Long> retryMillis = new EnumMap<>(HistoryTable.class);

    /** When the first day could not be summed up; only the thread that writes ticks touches it. */
    private @Nullable Long sumUpFailedNanos;

    HistoryBackfill(JobConfig config, PastRows rows, BackfillSteps steps, BetweenTicks between) {
        this.config = config;
        this.rows = rows;
        this.steps = steps;
        this.between = between;
        this.pace = new Pace(config.history().backfillLimit(), System::nanoTime, this::pause);
    }

    /** @param failed takes the error that ends the thread */
    void start(Consumer<Throwable> failed) {
        if (config.history().backfill()) {
            thread.start(this::readAll, failed);
        }
    }

    /** By the thread that writes ticks: does what comes with the time. What fails is tried again after a while, for ticks wait. */
    void afterTick(TickProgress written) {
        long now = System.nanoTime();
        if (sumUpFailedNanos != null && now - sumUpFailedNanos < SUM_UP_PAUSE_NANOS) {
            return;
        }
        try {
            steps.sumUpFirstDay(written);
            sumUpFailedNanos = null;
        } catch (SQLException e) {
            sumUpFailedNanos = now;
            LOG.warn("the day of the first start cannot be summed up now: {}", e.getMessage());
        }
    }

    private void readAll() throws InterruptedException {
        while (readNext()) {
            // There may be more.
        }
        LOG.info("history is there as far back as it is kept");
    }

    /** Reads a range, or waits; false if there is nothing more. */
    private boolean readNext() throws InterruptedException {
        long now = System.nanoTime();
        triedAgainNanos.values().removeIf(nanos -> nanos <= now);
        Set<HistoryTable> without = Set.copyOf(triedAgainNanos.keySet());
        BackfillSteps.Begun begun = null;
        try {
            Optional<BackfillSteps.Begun> next = between.run(tick -> steps.begin(tick, without));
            if (next.isEmpty() && without.isEmpty()) {
                return false;
            }
            begun = next.orElse(null);
            if (begun == null) {
                long first = Collections.min(triedAgainNanos.values());
                pause(Math.max(1, TimeUnit.NANOSECONDS.toMillis(first - now)));
            } else if (!begun.ended()) {
                pause(NOT_ENDED_MILLIS);
            } else if (read(begun)) {
                retryMillis.remove(begun.table());
            } else {
                pause(PAUSE_MILLIS);
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("history cannot be read now, and is tried again: {}", e.getMessage(), e);
            if (begun == null) {
                pause(FIRST_RETRY_MILLIS);
            } else {
                note(begun, String.valueOf(e.getMessage()));
                long pauseMillis = retryMillis.getOrDefault(begun.table(), FIRST_RETRY_MILLIS);
                retryMillis.put(begun.table(), Math.min(2 * pauseMillis, LONGEST_RETRY_MILLIS));
                triedAgainNanos.put(begun.table(), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis));
            }
        }
        return true;
    }

    private void pause(long millis) throws InterruptedException {
        if (thread.awaitEnd(millis)) {
            throw new InterruptedException("the job ends");
        }
    }

    /** Reads a range; false if it has to be read again. */
    private boolean read(BackfillSteps.Begun begun) throws SQLException, InterruptedException {
        if (begun.waits()) {
            rows.awaitTransactionsInProgress(problem -> {
                note(begun, problem);
                pause(PAUSE_MILLIS);
            });
        }
        long until = begun.untilMicros();
        long oldest = Math.max(
                FIRST_MICROS,
                config.history().keptFromMicros(HistoryBucket.DAY, begun.tick().asOfMicros()));
        BackfillSteps.Done done;
        try (PastRows.Reading reading = rows.open(begun.table(), oldest, until)) {
            thread.reads(reading::close);
            Long newest = reading.newestMicros();
            // The day before the range's end if there is something in it, else all up to where there is.
            long day = HistoryBucket.DAY.startOf(until - 1);
            boolean isDay = newest != null && newest >= day;
            long since = isDay ? day : newest == null ? Math.min(oldest, day) : HistoryBucket.DAY.endOf(newest);
            Counted counted = new Counted(pace);
            if (isDay || begun.begunBefore()) {
                write(begun, reading, day, isDay, counted);
            }
            HistorySeam.Range range = new HistorySeam.Range(since, until, reading.visible(), reading.endLsn());
            thread.reads(null);
            done = new BackfillSteps.Done(
                    begun, range, reading.oldestMicros(), counted.events, counted.unusable, since <= oldest);
        }
        boolean taken = between.run(tick -> steps.end(done, tick));
        if (taken) {
            LOG.info(
                    "{} was read back to {}: {} rows",
                    begun.table().tableName(),
                    microsText(done.range().sinceMicros()),
                    done.rows());
        } else {
            LOG.info(
                    "{} before {} is read again, because of what came meanwhile",
                    begun.table().tableName(),
                    microsText(until));
        }
        return taken;
    }

    /** @param isDay whether there is something to be read, and not only something to be removed */
    private void write(BackfillSteps.Begun begun, PastRows.Reading reading, long day, boolean isDay, Counted counted)
            throws SQLException, InterruptedException {
        try (Connection connection = DatabaseSessions.open(config.writer(), APPLICATION_NAME, SessionKind.SHORT);
                PastHistory past = new PastHistory(connection, config.history(), config.alerts(), begun)) {
            connection.setAutoCommit(false);
            past.remove(day);
            if (isDay) {
                PastBuckets buckets = new PastBuckets(
                        begun.table(), begun.untilMicros(), begun.tick().asOfMicros(), past::write);
                counted.buckets = buckets;
                reading.read(day, counted);
                buckets.end();
                past.flush();
            }
        }
    }

    /** Counts rows and puts them into buckets. */
    private static final class Counted implements PastRows.Reader {
        private final Pace pace;
        private @Nullable PastBuckets buckets;
        private long events;
        private long unusable;

        Counted(Pace pace) {
            this.pace = pace;
        }

        @Override
        public void event(String subject, HistoryEvent event) throws SQLException, InterruptedException {
            pace.row();
            events++;
            if (buckets != null) {
                buckets.add(subject, event);
            }
        }

        @Override
        public void unusable() {
            unusable++;
        }
    }

    private static Instant microsText(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000));
    }

    private void note(BackfillSteps.Begun begun, String problem) {
        try (Connection connection = DatabaseSessions.open(config.writer(), APPLICATION_NAME, SessionKind.SHORT);
                PreparedStatement update = connection.prepareStatement(NOTE)) {
            update.setString(1, problem);
            update.setString(2, begun.table().tableName());
            update.setString(3, Column.text(begun.untilMicros()));
            update.setString(4, problem);
            update.executeUpdate();
        } catch (SQLException e) {
            LOG.debug("what history waits for cannot be noted", e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.end();
    }
}
