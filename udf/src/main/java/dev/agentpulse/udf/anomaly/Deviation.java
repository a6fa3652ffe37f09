package dev.agentpulse.udf.anomaly;

/**
 * How far a figure of a window is from what was expected.
 *
 * @param expected what was expected, in the unit of the figure
 * @param actual the figure
 * @param noise the standard deviation that ordinary weeks have, where chance alone would have 1
 * @param z the distance in these standard deviations
 * @param large whether the difference is large enough to matter, however sure it is
 */
public record Deviation(double expected, double actual, double noise, double z, boolean large) {

    /** Nothing to compare. */
    public static final Deviation NONE = new Deviation(0, 0, 1, 0, false);

    /** |z| above which an incident opens. */
    public static final double OPENS_AT = 5;

    /** |z| below which it closes. */
    public static final double CLOSES_AT = 2;

    /** Sure and large: what opens an incident if it lasts. */
    public boolean beyond() {
        return large && Math.abs(z) > OPENS_AT;
    }

    /** Near enough to what was expected to close an incident if it lasts. */
    boolean calm() {
        return Math.abs(z) < CLOSES_AT;
    }

    Deviation nearer(Deviation other) {
        return Math.abs(other.z) < Math.abs(z) ? other : this;
    }
}
