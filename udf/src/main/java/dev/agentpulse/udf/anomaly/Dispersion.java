package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How much more a figure scatters than pure chance would let it: the median of |z| over seven days, a sample a slot, as a
 * standard deviation. A median, so that incidents do not make the detector blind. Where a day's hours scatter more than
 * its nights, those count that are at the same time of the day. About 1.3 kB from the first sample on.
 */
public final class Dispersion {

    /** Makes the median of |z| of a normal distribution its standard deviation. */
    private static final double NORMAL = 1.4826;

    /** Samples are kept in units of 1/256 up to 127. */
    private static final int UNITS = 256;

    /** Samples without which a median is chance: four hours of them. */
    private static final int ENOUGH = 16;

    private static final int DAYS = 7;

    /** Slots to both sides that are the same time of the day. */
    private static final int REACH = 8;

    private static final short[] NO_SAMPLES = {};

    /** The slots' samples; slot n is at n modulo the length; negative where there is none. Empty before the first. */
    private short[] samples = NO_SAMPLES;

    /** The newest slot that was sampled. */
    private long newestSlot = Long.MIN_VALUE;

    private double factor = 1;

    /** What z has to be divided by; at least 1. */
    public double factor() {
        return factor;
    }

    /** What its samples take of the heap. */
    int heapBytes() {
        return samples.length * Short.BYTES;
    }

    /** Whether there are enough samples to know it. */
    public boolean isKnown() {
        return count(samples) >= ENOUGH;
    }

    /** Whether there are enough samples to know it, from a whole day: a night says nothing of the day that follows. */
    boolean isKnownOfADay() {
        for (int age = Slots.DAY; age < samples.length; age++) {
            if (samples[Math.floorMod(newestSlot - age, samples.length)] >= 0) {
                return isKnown();
            }
        }
        return false;
    }

    /**
     * Notes the z of the window that ends with a slot; a slot that is not newer than all before is ignored.
     *
     * @param slots say what the same time of other days is
     */
    public void add(long slot, double z, Slots slots) {
        if (slot <= newestSlot) {
            return;
        }
        if (samples.length == 0) {
            samples = new short[Slots.WEEK];
            Arrays.fill(samples, (short) -1);
        }
        if (newestSlot != Long.MIN_VALUE) {
            long from = Math.max(newestSlot + 1, slot - samples.length + 1);
            for (long skipped = from; skipped < slot; skipped++) {
                samples[Math.floorMod(skipped, samples.length)] = -1;
            }
        }
        newestSlot = slot;
        samples[Math.floorMod(slot, samples.length)] =
                (short) Math.min(Short.MAX_VALUE, Math.round(Math.abs(z) * UNITS));
        factor = Math.max(1, NORMAL * Math.max(medianOf(samples), medianOf(sameHours(slot, slots))) / UNITS);
    }

    /** The samples around this time of each day, as far as they are of the last seven days. */
    private short[] sameHours(long slot, Slots slots) {
        short[] same = new short[(DAYS + 1) * (2 * REACH + 1)];
        int count = 0;
        for (int day = 0; day <= DAYS; day++) {
            long middle = day == 0 ? slot : slots.daysAgo(slot, day);
            long last = Math.min(slot, middle + REACH);
            for (long near = Math.max(slot - samples.length + 1, middle - REACH); near <= last; near++) {
                same[count++] = samples[Math.floorMod(near, samples.length)];
            }
        }
        return Arrays.copyOf(same, count);
    }

    /** The median of what is not negative; 0 where that is too little. */
    private static double medianOf(short[] samples) {
        int count = count(samples);
        if (count < ENOUGH) {
            return 0;
        }
        short[] sorted = samples.clone();
        Arrays.sort(sorted);
        int first = sorted.length - count;
        return (sorted[first + (count - 1) / 2] + sorted[first + count / 2]) / 2.0;
    }

    private static int count(short[] samples) {
        int count = 0;
        for (short sample : samples) {
            count += sample < 0 ? 0 : 1;
        }
        return count;
    }

    /** Writes what {@link #decode} reads: without samples, a factor that is no number stands for all that would follow. */
    public void encode(DataOutput out) throws IOException {
        out.writeLong(newestSlot);
        out.writeDouble(samples.length == 0 ? Double.NaN : factor);
        for (short sample : samples) {
            out.writeShort(sample);
        }
    }

    /** Reads what {@link #encode} wrote, this one or an earlier one that wrote all samples in any case. */
    public static Dispersion decode(DataInput in) throws IOException {
        Dispersion dispersion = new Dispersion();
        dispersion.newestSlot = in.readLong();
        double factor = in.readDouble();
        if (Double.isNaN(factor)) {
            return dispersion;
        }
        dispersion.factor = factor;
        short[] samples = new short[Slots.WEEK];
        for (int place = 0; place < samples.length; place++) {
            samples[place] = in.readShort();
        }
        dispersion.samples = dispersion.newestSlot == Long.MIN_VALUE ? NO_SAMPLES : samples;
        return dispersion;
    }
}
