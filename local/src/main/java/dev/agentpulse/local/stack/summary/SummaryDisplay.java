package dev.agentpulse.local.stack.summary;

import dev.agentpulse.local.PrintableText;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a new summary again and again: redraws a terminal every second, or prints a line every five. */
public final class SummaryDisplay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SummaryDisplay.class);
    private static final Duration REDRAW = Duration.ofSeconds(1);
    private static final Duration NEXT_LINE = Duration.ofSeconds(5);
    private static final long JOIN_MILLIS = 5_000;
    private static final String TO_TOP = "\u001b[H";
    private static final String CLEAR_TO_END = "\u001b[J";
    private static final String CLEAR_LINE_END = "\u001b[K\n";
    private static final String CLEAR_ALL = "\u001b[2J";

    private final SummaryReader reader;
    private final List<String> header;
    private final Supplier<String> jobStatus;
    private final boolean live;
    private final SummaryText text;
    private final ChangeRate rate = new ChangeRate();
    private final PrintStream out;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "summary");

    private SummaryDisplay(
            SummaryReader reader, List<String> header, Supplier<String> jobStatus, boolean live, PrintStream out) {
        this.reader = reader;
        this.header = header;
        this.jobStatus = jobStatus;
        this.live = live;
        this.text = new SummaryText(live && System.getenv("NO_COLOR") == null);
        this.out = out;
    }

    /** Begins to show; the header stays on top of a live screen. */
    public static SummaryDisplay start(
            SummaryReader reader, List<String> header, Supplier<String> jobStatus, boolean live, PrintStream out) {
        SummaryDisplay display = new SummaryDisplay(reader, header, jobStatus, live, out);
        display.thread.setDaemon(true);
        display.thread.start();
        return display;
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reader.close();
    }

    private void run() {
        long pauseMillis = (live ? REDRAW : NEXT_LINE).toMillis();
        if (live) {
            out.print(CLEAR_ALL);
        }
        try {
            do {
                show();
            } while (!stopped.await(pauseMillis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show() {
        String status = jobStatus.get();
        try {
            Summary summary = reader.read();
            double changesPerSecond = rate.perSecond(summary.changesRead(), System.nanoTime());
            if (live) {
                draw(text.screen(summary, status, changesPerSecond));
            } else {
                out.println(text.line(InstantSource.system().instant(), summary, status, changesPerSecond));
            }
        } catch (SQLException e) {
            LOG.warn("No summary this time", e);
            String trouble = PrintableText.of("job " + status + ", the database does not answer: " + e.getMessage());
            if (live) {
                draw(List.of(trouble));
            } else {
                out.println(trouble);
            }
        }
        out.flush();
    }

    private void draw(List<String> lines) {
        StringBuilder screen = new StringBuilder(TO_TOP);
        header.forEach(line -> screen.append(line).append(CLEAR_LINE_END));
        screen.append(CLEAR_LINE_END);
        lines.forEach(line -> screen.append(line).append(CLEAR_LINE_END));
        out.print(screen.append(CLEAR_TO_END));
    }

    /** Changes a second since the summary before. */
    static final class ChangeRate {

        private long changesBefore;
        private @Nullable Long nanosBefore;

        double perSecond(long changes, long nowNanos) {
            Long before = nanosBefore;
            // The count starts anew with a new job.
            long more = Math.max(0, changes - changesBefore);
            changesBefore = changes;
            nanosBefore = nowNanos;
            return before == null ? 0 : more / ((nowNanos - before) / 1e9);
        }
    }
}
