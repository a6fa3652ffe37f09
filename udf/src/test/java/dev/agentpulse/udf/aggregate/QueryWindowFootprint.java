package dev.agentpulse.udf.aggregate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Prints the heap that the window state of one agent takes: an hour at 100 queries a second, latencies log-normal around
 * 150 ms, windows of a minute, five minutes and an hour sliding by a second. Not a test, because heap is read from the
 * collector; run {@code main}.
 */
final class QueryWindowFootprint {

    private static final long SECOND_MICROS = 1_000_000;
    private static final int AGENTS = 10;
    private static final int SECONDS = 3_700;
    private static final int QUERIES_PER_SECOND = 100;

    private QueryWindowFootprint() {}

    public static void main(String[] args) {
        List<SlidingWindows<QueryEvent, QuerySlice, QueryWindow>> agents = new ArrayList<>();
        long before = usedHeap();
        for (int agent = 0; agent < AGENTS; agent++) {
            agents.add(oneHour(new Random(agent)));
        }
        long bytes = (usedHeap() - before) / AGENTS;
        System.out.printf(
                Locale.ROOT,
                "window state of one agent: %,d bytes (%.2f MiB) for %,d queries%n",
                bytes,
                bytes / 1024.0 / 1024.0,
                agents.get(0).window(2).count());
    }

    private static SlidingWindows<QueryEvent, QuerySlice, QueryWindow> oneHour(Random random) {
        WindowSpec spec = new WindowSpec(SECOND_MICROS, 60 * SECOND_MICROS, 300 * SECOND_MICROS, 3_600 * SECOND_MICROS);
        SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windows =
                new SlidingWindows<>(spec, QuerySlice::new, () -> new QueryWindow(200));
        long time = 1_700_000_000L * SECOND_MICROS;
        for (int i = 0; i < SECONDS * QUERIES_PER_SECOND; i++) {
            time += Math.round(-Math.log(1 - random.nextDouble()) * SECOND_MICROS / QUERIES_PER_SECOND);
            windows.advanceTo(time, step -> {});
            int latencyMs = (int) Math.round(150 * Math.exp(0.5 * random.nextGaussian()));
            Boolean approved = random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextInt(10) > 0);
            windows.insert(new QueryEvent(time, latencyMs, approved, random.nextInt(10) == 0));
            if (i % QUERIES_PER_SECOND == 0) {
                windows.drainChangedSlices((end, slice) -> {});
            }
        }
        return windows;
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
