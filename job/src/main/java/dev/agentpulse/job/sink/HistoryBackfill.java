package dev.agentpulse.job.sink;

import dev.agentpulse.job.backfill.HistorySeam;
import dev.agentpulse.job.backfill.PastBuckets;
import dev.agentpulse.job.backfill.PastQueries;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills history with what lies before the first start: a thread beside the tick writer reads the source table day by day,
 * the newest first, and ends when there is nothing older, or nothing that would be kept. How far it is, is in {@code
 * history_progress}, from where it goes on after a restart. Whatever goes wrong is tried again and never fails the job.
 *
 * <p>A day is read in one snapshot, its rows are written by small transactions where nobody takes them for history yet, and
 * taken in between two ticks (see {@link HistorySeam}). Of a stretch of time without rows nothing is written, so what an
 * earlier job has written there stays.
 */
final class HistoryBackfill implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryBackfill.class);

    private static final String APPLICATION_NAME = "agentpulse backfill writer";
    private static final long JOIN_MILLIS = 2000;
    private static final long PAUSE_MILLIS = 100;
    private static final long FIRST_RETRY_MILLIS = 1000;
    private static final long LONGEST_RETRY_MILLIS = 300_000;

    /** No usable row is older. */
    private static final long FIRST_MICROS =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

    private static final String NOTE = "UPDATE " + HistoryProgressSql.TABLE + " SET problem = ? WHERE "
            + HistoryProgressSql.OF_RANGE + " AND state <> 'done' AND problem IS DISTINCT FROM ?";

    private final JobConfig config;
    private final PastQueries queries;
    private final BackfillSteps steps;
    private final BetweenTicks between = new BetweenTicks();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::readAll, "agentpulse-backfill");

    /** What is being read, to be closed under the thread when it has to end. */
    private volatile PastQueries.@Nullable Reading open;

    HistoryBackfill(JobConfig config, PastQueries queries, BackfillSteps steps) {
        this.config = config;
        this.queries = queries;
        this.steps = steps;
        thread.setDaemon(true);
    }

    void start() {
        if (config.history().backfill()) {
            thread.start();
        }
    }

    /** Between two ticks, by the thread that writes them: does what this one needs done there. */
    void serve(TickProgress written) {
        try {
            steps.sumUpFirstDay(written);
        } catch (SQLException e) {
            LOG.warn("the day of the first start cannot be summed up now: {}", e.getMessage());
        }
        between.serve(written);
    }

    private void readAll() {
        long retryMillis = FIRST_RETRY_MILLIS;
        try {
            while (true) {
                BackfillSteps.Begun begun = null;
                long pauseMillis = PAUSE_MILLIS;
                try {
                    begun = between.run(steps::begin);
                    if (begun.next() == BackfillSteps.Next.NOTHING) {
                        LOG.info("history is there as far back as it is kept");
                        return;
                    }
                    if (begun.next() == BackfillSteps.Next.READ && read(begun)) {
                        retryMillis = FIRST_RETRY_MILLIS;
                        continue;
                    }
                } catch (SQLException | RuntimeException e) {
                    LOG.warn("history cannot be read now, and is tried again: {}", e.getMessage(), e);
                    note(begun, String.valueOf(e.getMessage()));
                    pauseMillis = retryMillis;
                    retryMillis = Math.min(2 * retryMillis, LONGEST_RETRY_MILLIS);
                }
                if (stopped.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            LOG.error("history is not read any more until the job is restarted", e);
        }
    }

    /** Reads a range; false if it has to be read again. */
    private boolean read(BackfillSteps.Begun begun) throws SQLException, InterruptedException {
        if (begun.waits()) {
            queries.awaitTransactionsInProgress(problem -> {
                note(begun, problem);
                if (stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new InterruptedException();
                }
            });
        }
        long until = begun.untilMicros();
        long oldest = Math.max(
                FIRST_MICROS,
                config.history().keptFromMicros(HistoryBucket.DAY, begun.tick().asOfMicros()));
        BackfillSteps.Done done;
        try (PastQueries.Reading reading = queries.open(oldest, until)) {
            open = reading;
            Long newest = reading.newestMicros();
            // The day before the range's end if there is something in it, else all up to where there is.
            long day = HistoryBucket.DAY.startOf(until - 1);
            boolean isDay = newest != null && newest >= day;
            long since = isDay ? day : newest == null ? Math.min(oldest, day) : HistoryBucket.DAY.endOf(newest);
            Rows rows = new Rows();
            if (isDay || begun.begunBefore()) {
                write(begun, reading, day, isDay, rows);
            }
            HistorySeam.Range range = new HistorySeam.Range(since, until, reading.visible(), reading.endLsn());
            open = null;
            done = new BackfillSteps.Done(begun, range, rows.usable, rows.unusable, since <= oldest);
        }
        boolean taken = between.run(tick -> steps.end(done, tick));
        if (taken) {
            LOG.info(
                    "history was read back to {}: {} rows",
                    microsText(done.range().sinceMicros()),
                    done.rows());
        } else {
            LOG.info("history before {} is read again, because of what came meanwhile", microsText(until));
        }
        return taken;
    }

    /** @param isDay whether there is something to be read, and not only something to be removed */
    private void write(BackfillSteps.Begun begun, PastQueries.Reading reading, long day, boolean isDay, Rows rows)
            throws SQLException {
        try (Connection connection = DatabaseSessions.open(config.writer(), APPLICATION_NAME, SessionKind.SHORT)) {
            connection.setAutoCommit(false);
            PastHistory past = new PastHistory(connection, config.history(), config.alerts(), begun);
            past.remove(day);
            if (isDay) {
                rows.buckets = new PastBuckets(begun.untilMicros(), begun.tick().asOfMicros(), past::write);
                reading.read(day, rows);
                rows.buckets.end();
                past.flush();
            }
        }
    }

    /** Counts rows and puts them into buckets. */
    private static final class Rows implements PastQueries.Reader {
        private @Nullable PastBuckets buckets;
        private long usable;
        private long unusable;

        @Override
        public void query(String agent, QueryEvent query) throws SQLException {
            usable++;
            if (buckets != null) {
                buckets.add(agent, query);
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

    private void note(BackfillSteps.@Nullable Begun begun, String problem) {
        if (begun == null) {
            return;
        }
        try (Connection connection = DatabaseSessions.open(config.writer(), APPLICATION_NAME, SessionKind.SHORT);
                PreparedStatement update = connection.prepareStatement(NOTE)) {
            update.setString(1, problem);
            update.setString(2, Column.text(begun.untilMicros()));
            update.setString(3, problem);
            update.executeUpdate();
        } catch (SQLException e) {
            LOG.debug("what history waits for cannot be noted", e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped.countDown();
        thread.interrupt();
        PastQueries.Reading reading = open;
        if (reading != null) {
            try {
                reading.close();
            } catch (SQLException e) {
                LOG.debug("the connection to the source table cannot be closed", e);
            }
        }
        thread.join(JOIN_MILLIS);
    }
}
