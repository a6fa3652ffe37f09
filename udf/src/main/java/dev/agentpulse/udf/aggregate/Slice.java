package dev.agentpulse.udf.aggregate;

/**
 * The values of one slice of time, in the smallest form from which any window can be made and any value taken out again.
 *
 * <p>Every slice class also has {@code static decode(byte[])}, the inverse of {@link #encode}.
 */
public interface Slice<V> {

    /** What {@link #maximum} returns when there is none. */
    int NO_MAXIMUM = Integer.MIN_VALUE;

    void add(V value);

    /**
     * Takes a value out.
     *
     * @return false, with nothing changed, if the slice does not hold such a value. That happens when a job starts in
     *     the middle of a change stream and sees rows change that it never saw arrive.
     */
    boolean retract(V value);

    boolean isEmpty();

    /** The newest event time in this slice, which must not be empty. */
    long latestMicros();

    /** The figure whose maximum over each window {@link SlidingWindows#maximum} knows, or {@link #NO_MAXIMUM}. */
    default int maximum() {
        return NO_MAXIMUM;
    }

    /** The slice as bytes; the first one is a format version. The array belongs to the slice: do not write to it. */
    byte[] encode();

    /** Whether it holds so much unpacked that packing it and opening it again should not happen at every change. */
    boolean isLarge();

    /** Lets go of everything but the encoded form. Called when the slice has not been used for a while. */
    void pack();
}
