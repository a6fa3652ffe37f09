package dev.agentpulse.udf.anomaly;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The level from before an incident, from the list of all evaluations. */
final class NaiveLevel {

    /** Until 130 minutes after an evaluation that found an incident open, its level is held. */
    private static final int HELD = 260;

    private final List<Evaluation> seen = new ArrayList<>();

    private record Evaluation(int halfMinute, double level, boolean isOpen) {}

    void look(int halfMinute, double level, boolean isOpen) {
        seen.add(new Evaluation(halfMinute, level, isOpen));
    }

    static double of(double sum, double expected) {
        return Math.min(2, Math.max(0.5, (sum + 30) / (expected + 30)));
    }

    /** The level now, or whatever is between it and the one that is held and nearest to a ratio. */
    double nearest(int halfMinute, double now, double ratio) {
        Double held = held(halfMinute);
        if (held == null) {
            return now;
        }
        return ratio < Math.min(held, now) ? Math.min(held, now) : Math.min(ratio, Math.max(held, now));
    }

    /** That of the evaluation which opened the first of the incidents that came so soon after each other. */
    private @Nullable Double held(int halfMinute) {
        Double held = null;
        int from = halfMinute;
        for (int i = seen.size() - 1; i >= 0 && seen.get(i).halfMinute() >= from - HELD; i--) {
            if (seen.get(i).isOpen()) {
                held = seen.get(i).level();
                from = seen.get(i).halfMinute();
            }
        }
        return held;
    }
}
