package dev.agentpulse.job.config;

import java.time.Duration;

/** Names windows as the result tables do: {@code 1m}, {@code 5m}, {@code 1h}, {@code 24h}. */
final class WindowName {

    private WindowName() {}

    static String of(Duration size) {
        long seconds = size.toSeconds();
        if (!size.equals(Duration.ofSeconds(seconds))) {
            return size.toMillis() + "ms";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
