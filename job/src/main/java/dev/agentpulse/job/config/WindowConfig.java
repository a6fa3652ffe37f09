package dev.agentpulse.job.config;

import dev.agentpulse.udf.aggregate.WindowSpec;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The sliding windows of one result table.
 *
 * @param names as the table's {@code window_name} says them, in the order of the sizes
 */
public record WindowConfig(long slideMicros, List<Long> sizesMicros, List<String> names) implements Serializable {

    private static final long MICROS_PER_MILLI = 1000;

    public WindowConfig {
        sizesMicros = List.copyOf(sizesMicros);
        names = List.copyOf(names);
    }

    static WindowConfig of(Duration slide, List<Duration> sizes) {
        WindowConfig config = new WindowConfig(
                slide.toMillis() * MICROS_PER_MILLI,
                sizes.stream().map(size -> size.toMillis() * MICROS_PER_MILLI).toList(),
                sizes.stream().map(WindowName::of).toList());
        WindowSpec unused = config.spec(); // rejects what does not fit
        return config;
    }

    public WindowSpec spec() {
        return new WindowSpec(
                slideMicros, sizesMicros.stream().mapToLong(Long::longValue).toArray());
    }

    public int count() {
        return sizesMicros.size();
    }

    public long longestMicros() {
        return sizesMicros.get(sizesMicros.size() - 1);
    }

    /** The window that decides an agent's health. */
    public long shortestMicros() {
        return sizesMicros.get(0);
    }
}
