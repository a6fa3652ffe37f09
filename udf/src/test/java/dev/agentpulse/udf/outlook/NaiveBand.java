package dev.agentpulse.udf.outlook;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The band of forecasts by its definition, over lists of all that was forecast and of all that came. Forecasts, errors and ends
 * are floats, as they are where room matters, so that a comparison of equals comes out the same.
 */
final class NaiveBand {

    /** The first and the last hour of a group of horizons. */
    private static final int[][] GROUPS = {{1, 1}, {2, 6}, {7, 24}, {25, 48}};

    private final int hours;
    private final List<Double> came = new ArrayList<>();
    private final List<List<Float>> forecasts = new ArrayList<>();

    /** Of each time and group the band that was made then; null where there was none. */
    private final List<List<@Nullable Ends>> made = new ArrayList<>();

    private final List<Double> levels = new ArrayList<>();

    /** What may be added to a forecast. */
    record Ends(float low, float high) {}

    NaiveBand(int hours) {
        this.hours = hours;
        for (int[] group : GROUPS) {
            if (group[0] <= hours) {
                levels.add(0.2);
            }
        }
    }

    void step(double actual, double[] expected) {
        came.add(actual);
        int now = came.size() - 1;
        for (int group = 0; group < levels.size(); group++) {
            int judged = 0;
            int missed = 0;
            for (int hour = GROUPS[group][0]; hour <= last(group) && hour <= now; hour++) {
                Ends then = made.get(now - hour).get(group);
                if (then != null) {
                    float error = error(now - hour, hour);
                    judged++;
                    missed += error < then.low() || error > then.high() ? 1 : 0;
                }
            }
            if (judged > 0) {
                levels.set(group, levels.get(group) + 0.02 * (0.2 - (double) missed / judged));
            }
        }
        List<Float> forecast = new ArrayList<>();
        for (double value : expected) {
            forecast.add((float) value);
        }
        forecasts.add(forecast);
        List<@Nullable Ends> bands = new ArrayList<>();
        for (int group = 0; group < levels.size(); group++) {
            bands.add(errors(group).size() < 5 ? null : new Ends((float) end(group, true), (float) end(group, false)));
        }
        made.add(bands);
    }

    /** How often the band of a group aims to be missed. */
    double level(int group) {
        return levels.get(group);
    }

    boolean isKnown(int hour) {
        return errors(group(hour)).size() >= 5;
    }

    double low(double expected, int hour) {
        return Math.max(0, expected + end(group(hour), true));
    }

    double high(double expected, int hour) {
        return Math.max(0, expected + end(group(hour), false));
    }

    private int last(int group) {
        return Math.min(GROUPS[group][1], hours);
    }

    private static int group(int hour) {
        int group = 0;
        while (hour > GROUPS[group][1]) {
            group++;
        }
        return group;
    }

    private float error(int then, int hour) {
        return (float) (came.get(then + hour) - forecasts.get(then).get(hour - 1));
    }

    /** Of each horizon of a group the last 28 forecasts that came true or not by now. */
    private List<Float> errors(int group) {
        List<Float> errors = new ArrayList<>();
        for (int hour = GROUPS[group][0]; hour <= last(group); hour++) {
            int newest = came.size() - 1 - hour;
            for (int then = Math.max(0, newest - 27); then <= newest; then++) {
                errors.add(error(then, hour));
            }
        }
        return errors;
    }

    /** The quantile at half of the level from either end, between neighbours by the distance to each. */
    private double end(int group, boolean lower) {
        List<Float> sorted = errors(group).stream().sorted().toList();
        double half = Math.min(Math.max(level(group), 0), 1) / 2;
        double place = (sorted.size() - 1) * (lower ? half : 1 - half);
        int below = (int) Math.floor(place);
        int above = (int) Math.ceil(place);
        return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
    }
}
