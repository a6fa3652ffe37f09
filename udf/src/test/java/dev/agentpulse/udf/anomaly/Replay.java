package dev.agentpulse.udf.anomaly;

import dev.agentpulse.udf.outlook.SlotCalendar;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Runs the detector over simulated counts, at every step, as the job does. */
final class Replay {

    private static final int STEPS_A_SLOT = (int) (Slots.SLOT_MICROS / SimulatedAgent.STEP_MICROS);

    private final long[] sums;
    private final Slots slots;

    Replay(SimulatedAgent agent) {
        this(agent, SlotCalendar.UTC, 0);
    }

    /** @param begin the slot, by its start, in which the counts begin */
    Replay(SimulatedAgent agent, SlotCalendar calendar, long begin) {
        int[] counts = agent.counts();
        sums = new long[counts.length + 1];
        for (int step = 0; step < counts.length; step++) {
            sums[step + 1] = sums[step] + counts[step];
        }
        slots = slots(step -> (double) sum(0, step), calendar, begin);
    }

    Slots slots() {
        return slots;
    }

    /** @param before the sum of all steps before one */
    static Slots slots(IntToDoubleFunction before) {
        return slots(before, SlotCalendar.UTC, 0);
    }

    private static Slots slots(IntToDoubleFunction before, SlotCalendar calendar, long begin) {
        return new Slots() {
            @Override
            public long firstSlot() {
                return 1;
            }

            @Override
            public double sum(long slot) {
                int end = (int) slot * STEPS_A_SLOT;
                return before.applyAsDouble(end) - before.applyAsDouble(end - STEPS_A_SLOT);
            }

            @Override
            public long daysAgo(long slot, int days) {
                return calendar.daysAgo(begin + slot - 1, days) - begin + 1;
            }
        };
    }

    /** Steps at which incidents opened and closed, in turn, of a detector that evaluates {@code from} to {@code to}. */
    List<Integer> changes(VolumeDetector detector, int from, int to) {
        List<Integer> changes = new ArrayList<>();
        for (int step = from; step <= to; step++) {
            boolean before = detector.incident().isOpen();
            next(detector, step);
            if (detector.incident().isOpen() != before) {
                changes.add(step);
            }
        }
        return changes;
    }

    VolumeDetector.Found next(VolumeDetector detector, int step) {
        return detector.next(
                step * SimulatedAgent.STEP_MICROS,
                slots,
                new VolumeDetector.Counts(
                        sum(step - 10, step),
                        sum(step - 120, step),
                        sum(step - 140, step - 20),
                        sum(step - 260, step - 140),
                        quietSteps(step) * SimulatedAgent.STEP_MICROS));
    }

    private int quietSteps(int step) {
        int quiet = 0;
        while (quiet < STEPS_A_SLOT && sums[step - quiet - 1] == sums[step]) {
            quiet++;
        }
        return quiet;
    }

    private long sum(int from, int to) {
        return sums[to] - sums[from];
    }
}
