package dev.agentpulse.udf.aggregate;

/**
 * A running aggregate over many slices. It is a group: whatever goes in can be taken out again, exactly and in any
 * order, so that a sliding window is kept by adding what enters and inverting what leaves.
 */
public interface Window<V, S> {

    void add(V value);

    /** Takes out a value that is in. */
    void retract(V value);

    void combine(S slice);

    /** Takes out a slice, as it is now, whose values are in. */
    void invert(S slice);

    boolean isEmpty();
}
