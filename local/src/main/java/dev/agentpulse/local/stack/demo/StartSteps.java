package dev.agentpulse.local.stack.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Says what is being started and how long it took, so that nobody wonders at a quiet terminal. */
final class StartSteps {

    private final PrintStream out;

    StartSteps(PrintStream out) {
        this.out = out;
    }

    <T> T step(String name, Callable<T> work) throws Exception {
        out.printf(Locale.ROOT, "  %-24s", name);
        out.flush();
        long startNanos = System.nanoTime();
        boolean done = false;
        try {
            T result = work.call();
            done = true;
            return result;
        } finally {
            Duration taken = Duration.ofNanos(System.nanoTime() - startNanos);
            out.printf(Locale.ROOT, "%s %.1f s%n", done ? "ready, " : "failed,", taken.toMillis() / 1000.0);
            out.flush();
        }
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }
}
