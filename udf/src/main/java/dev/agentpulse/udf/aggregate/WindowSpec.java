package dev.agentpulse.udf.aggregate;

import java.util.Arrays;

/**
 * The windows kept over one stream: every size slides by the same step, so all of them are made of the same slices.
 *
 * <p>Slices and windows are open at the start and closed at the end. A slice is named by its end. A window starts at a
 * slice edge; it ends at the current time, which may lie inside the newest slice.
 *
 * @param slideMicros length of a slice, and the step by which window starts move
 * @param sizesMicros window sizes, ascending, each a multiple of the slide
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record WindowSpec(long slideMicros, long... sizesMicros) {

    /** Times and sizes stay within this bound (some 70,000 years), so that no sum of them overflows. */
    static final long LIMIT_MICROS = 1L << 61;

    public WindowSpec {
        if (slideMicros <= 0 || slideMicros > LIMIT_MICROS) {
            throw new IllegalArgumentException("slideMicros must be in 1.." + LIMIT_MICROS + " but is " + slideMicros);
        }
        if (sizesMicros.length == 0) {
            throw new IllegalArgumentException("sizesMicros must name at least one window");
        }
        sizesMicros = sizesMicros.clone();
        long previous = 0;
        for (long size : sizesMicros) {
            if (size <= previous || size > LIMIT_MICROS) {
                throw new IllegalArgumentException("sizesMicros must be ascending, positive and at most " + LIMIT_MICROS
                        + " but are " + Arrays.toString(sizesMicros));
            }
            if (size % slideMicros != 0) {
                throw new IllegalArgumentException("each of sizesMicros must be a multiple of slideMicros = "
                        + slideMicros + " but " + size + " is not");
            }
            previous = size;
        }
    }

    @Override
    public long[] sizesMicros() {
        return sizesMicros.clone();
    }

    public int windowCount() {
        return sizesMicros.length;
    }

    public long sizeMicros(int window) {
        return sizesMicros[window];
    }

    /** The end of the slice that holds {@code timeMicros}: the time rounded up to the slide. */
    public long sliceEnd(long timeMicros) {
        if (timeMicros < -LIMIT_MICROS || timeMicros > LIMIT_MICROS) {
            throw new IllegalArgumentException("timeMicros must be within +-" + LIMIT_MICROS + " but is " + timeMicros);
        }
        return timeMicros + Math.floorMod(-timeMicros, slideMicros);
    }

    /**
     * The (excluded) start of a window as of a time: the time rounded down to the slide, less the window's size.
     * {@code Long.MIN_VALUE} as long as time has not begun.
     */
    public long windowStart(int window, long asOfMicros) {
        if (asOfMicros < -LIMIT_MICROS) {
            return Long.MIN_VALUE;
        }
        return asOfMicros - Math.floorMod(asOfMicros, slideMicros) - sizesMicros[window];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WindowSpec that
                && slideMicros == that.slideMicros
                && Arrays.equals(sizesMicros, that.sizesMicros);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(slideMicros) + Arrays.hashCode(sizesMicros);
    }

    @Override
    public String toString() {
        return "WindowSpec[slideMicros=" + slideMicros + ", sizesMicros=" + Arrays.toString(sizesMicros) + "]";
    }
}
