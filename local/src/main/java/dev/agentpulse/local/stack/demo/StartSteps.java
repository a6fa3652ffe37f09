package dev.agentpulse.local.stack.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Shows what is being started, how far it is and how long it took, so that nobody wonders at a quiet terminal. */
final class StartSteps {

    private static final String CLEAR_LINE_END = "\u001b[K";
    private static final Duration NEXT_LINE = Duration.ofSeconds(5);

    private final PrintStream out;
    private final boolean live;
    private String shownProgress = "";
    private long nextLineNanos;

    /**
     * @param live whether a line can be redrawn
     */
    StartSteps(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    <T> T step(String name, Callable<T> work) throws Exception {
        begin(name);
        long startNanos = System.nanoTime();
        shownProgress = "";
        nextLineNanos = startNanos + NEXT_LINE.toNanos();
        boolean done = false;
        try {
            T result = work.call();
            done = true;
            return result;
        } finally {
            Duration taken = Duration.ofNanos(System.nanoTime() - startNanos);
            if (!shownProgress.isEmpty()) {
                again(name);
            }
            out.printf(Locale.ROOT, "%s %.1f s%n", done ? "ready, " : "failed,", taken.toMillis() / 1000.0);
            out.flush();
        }
    }

    /** How far the step is that runs: redrawn on a live terminal, a line now and then otherwise. */
    void progress(String name, String text) {
        boolean due = live || System.nanoTime() - nextLineNanos >= 0;
        if (text.isEmpty() || text.equals(shownProgress) || !due) {
            return;
        }
        again(name);
        out.print(text);
        out.flush();
        shownProgress = text;
        nextLineNanos = System.nanoTime() + NEXT_LINE.toNanos();
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    private void begin(String name) {
        out.printf(Locale.ROOT, "  %-24s", name);
        out.flush();
    }

    private void again(String name) {
        out.print(live ? "\r" + CLEAR_LINE_END : System.lineSeparator());
        begin(name);
    }
}
