package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.Finding;
import dev.agentpulse.job.preflight.SourceShape;
import dev.agentpulse.job.preflight.SourceWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the start and once a minute at what the job reads from, and says what it finds: in the log, as alerts of rule
 * {@code pipeline}, and through {@link #findings} in {@code pipeline_status}.
 *
 * <p>It lives beside the tick writer, because that knows whether the job begins anew, has the right to write, and runs
 * once. Its connections are open while it looks. What it finds is no function of the log, so it is not part of a tick.
 */
final class SourceWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SourceWatcher.class);

    private static final String APPLICATION_NAME = "agentpulse source watch";
    private static final long PAUSE_MILLIS = 60_000;

    private final JobConfig config;
    private final boolean beginsAnew;
    private final SideThread thread = new SideThread("agentpulse-source-watch");

    // Only the thread touches these two.
    private @Nullable SourceWatch watch;
    private SourceShape begun = new SourceShape(Map.of());

    private volatile List<String> findings = List.of();

    /** @param beginsAnew whether the job's state is empty, so that what the tables are now is what it begins with */
    SourceWatcher(JobConfig config, boolean beginsAnew) {
        this.config = config;
        this.beginsAnew = beginsAnew;
    }

    /** @param failed takes what ends the thread, but for the database not answering, which a later look mends */
    void start(Consumer<Throwable> failed) {
        thread.start(this::lookAgainAndAgain, failed);
    }

    /** What was found at the last look, a sentence each. */
    List<String> findings() {
        return findings;
    }

    private void lookAgainAndAgain() throws InterruptedException {
        do {
            try {
                look();
            } catch (SQLException e) {
                LOG.warn("what the job reads from cannot be looked at now: {}", e.getMessage());
            }
        } while (!thread.awaitEnd(PAUSE_MILLIS));
    }

    /** Looks once. */
    void look() throws SQLException {
        try (Connection capture = DatabaseSessions.open(config.capture(), APPLICATION_NAME, SessionKind.SHORT);
                Connection writer = DatabaseSessions.open(config.writer(), APPLICATION_NAME, SessionKind.SHORT)) {
            SourceWatch looking = watch;
            if (looking == null) {
                if (beginsAnew) {
                    LeftUnsafeAlerts.resolve(capture, writer, config.source().table(SourceTable.FEEDBACK));
                }
                begun = begun(capture, writer);
                looking = new SourceWatch(config.source(), begun, longestWindow());
                watch = looking;
            }
            SourceWatch.Report report = looking.look(capture, writer);
            report.mended().forEach(LOG::warn);
            SourceShape seen = begun.withPartitionsOf(report.shape());
            if (!seen.equals(begun)) {
                StoredSourceShape.replace(writer, seen);
                begun = seen;
            }
            say(writer, report.findings());
        }
    }

    private Duration longestWindow() {
        return Duration.of(
                LongStream.of(
                                config.windows().longestMicros(),
                                config.agentWindows().longestMicros(),
                                config.qualityWindows().longestMicros())
                        .max()
                        .orElseThrow(),
                ChronoUnit.MICROS);
    }

    private SourceShape begun(Connection capture, Connection writer) throws SQLException {
        SourceShape stored = beginsAnew ? null : StoredSourceShape.read(writer);
        if (stored != null) {
            return stored;
        }
        SourceShape now = SourceShape.read(capture, config.source());
        StoredSourceShape.replace(writer, now);
        return now;
    }

    private void say(Connection writer, List<Finding> found) throws SQLException {
        PipelineAlerts.keepOpen(writer, found);
        List<String> before = findings;
        List<String> now = found.stream().map(Finding::sentence).distinct().toList();
        now.stream().filter(sentence -> !before.contains(sentence)).forEach(LOG::warn);
        before.stream()
                .filter(sentence -> !now.contains(sentence))
                .forEach(sentence -> LOG.info("no longer found: {}", sentence));
        findings = now;
    }

    @Override
    public void close() throws InterruptedException {
        thread.end();
    }
}
