package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two weeks of agents in which nothing is wrong, judged every 30 seconds; and on each of their working days, in the busy
 * hours, a copy of the agent has an incident. Counts what is found that is none, and how long it takes until one is found.
 *
 * <p>{@code -Dagentpulse.test.agents} says how many agents of each kind there are.
 */
final class SimulatedWeeks {

    static final int AGENTS = Integer.getInteger("agentpulse.test.agents", 2);

    private static final int WEEK = SimulatedAgent.STEPS_A_WEEK;
    private static final int HOUR = SimulatedAgent.STEPS_AN_HOUR;
    private static final double STEPS_A_MINUTE = 2;

    private final int lasting;
    private final double[] sizes;
    private final Map<Double, List<Double>> minutes = new TreeMap<>();
    private int weeks;
    private int falseIncidents;

    /** An agent and what judges it. */
    interface Judged {

        /** Judges the next step, and says whether an incident is open. */
        boolean isOpenAt(int step);

        /** A copy that has an incident of some size. */
        Judged with(int fromStep, int toStep, double size);
    }

    /**
     * @param hours how long an incident lasts, which is not found if it is not by then
     * @param sizes of the incidents
     */
    SimulatedWeeks(int hours, double... sizes) {
        this.lasting = hours * HOUR;
        this.sizes = sizes;
    }

    /**
     * Judges two weeks.
     *
     * @param pastWeeks how many weeks of the agent were before
     */
    void judge(Judged agent, int pastWeeks) {
        boolean wasOpen = false;
        int first = pastWeeks * WEEK;
        int day = 0;
        for (int step = first + 3 * HOUR + 1; step <= first + 2 * WEEK; step++) {
            boolean isOpen = agent.isOpenAt(step);
            falseIncidents += isOpen && !wasOpen ? 1 : 0;
            wasOpen = isOpen;
            if (step == first + (24 * day + 10 + day % 5) * HOUR + 17 * day) {
                for (double size : day % 7 < 5 ? sizes : new double[0]) {
                    minutesOf(size).add(isOpen ? Double.POSITIVE_INFINITY : foundAfter(agent, step, size));
                }
                day++;
            }
        }
        weeks += 2;
    }

    private double foundAfter(Judged agent, int start, double size) {
        Judged incident = agent.with(start, start + lasting, size);
        for (int step = start + 1; step <= start + lasting; step++) {
            if (incident.isOpenAt(step)) {
                return (step - start) / STEPS_A_MINUTE;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    /** A detector that knows as much. */
    static <D> D copy(Encoder from, Decoder<D> to) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            from.encode(new DataOutputStream(bytes));
            return to.decode(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A detector that can be stored. */
    interface Encoder {
        void encode(DataOutput out) throws IOException;
    }

    /** Reads a detector that was stored. */
    interface Decoder<D> {
        D decode(DataInput in) throws IOException;
    }

    private List<Double> minutesOf(double size) {
        return minutes.computeIfAbsent(size, none -> new ArrayList<>());
    }

    /** How many minutes it took until so large a share of the incidents of a size was found. */
    double minutes(double size, double share) {
        List<Double> sorted = minutesOf(size).stream().sorted().toList();
        return sorted.get((int) (sorted.size() * share));
    }

    void assertHardlyAnyFalse() {
        assertThat(falseIncidents).as("false incidents in %d weeks", weeks).isLessThanOrEqualTo(weeks);
    }

    /** The line of the table in the decision about anomalies. */
    void print(String what) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "%s: %.2f false a week of %d weeks", what, (double) falseIncidents / weeks, weeks));
        for (double size : sizes) {
            line.append(String.format(
                    Locale.ROOT, ", %s found after %.1f, %.1f", size, minutes(size, 0.5), minutes(size, 0.9)));
        }
        System.out.println(line);
    }
}
