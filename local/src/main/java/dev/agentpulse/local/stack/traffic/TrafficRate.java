package dev.agentpulse.local.stack.traffic;

import java.util.Locale;

/**
 * How much happens.
 *
 * @param changesPerSecond rows inserted, updated and deleted in a second; 0 for silence
 */
public record TrafficRate(double changesPerSecond) {

    public static final TrafficRate NONE = new TrafficRate(0);

    private static final double NORMAL = 50;
    private static final double PEAK = 500;
    private static final double STRESS = 5_000;

    public TrafficRate {
        if (!(changesPerSecond >= 0) || Double.isInfinite(changesPerSecond)) {
            throw new IllegalArgumentException(
                    "changes per second must be 0 or more and finite, but are " + changesPerSecond);
        }
    }

    /** A level or a number. */
    public static TrafficRate parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "none" -> NONE;
            case "normal" -> new TrafficRate(NORMAL);
            case "peak" -> new TrafficRate(PEAK);
            case "stress" -> new TrafficRate(STRESS);
            default -> number(text);
        };
    }

    public boolean isSilent() {
        return changesPerSecond == 0;
    }

    private static TrafficRate number(String text) {
        try {
            return new TrafficRate(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "traffic must be none, normal, peak, stress or changes per second, but is '" + text + "'", e);
        }
    }
}
