package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether an agent's figure is anomalous. An incident opens when the last five minutes are far away for two minutes on
 * end, when the last hour is for five, or at once. It closes when what opened it has been near for five minutes, and the
 * hour would not open it again.
 *
 * <p>Evaluated at a grid of times, and the first evaluation counts as much as the last: "for two minutes" is from one
 * minute's evaluation to the next one's.
 *
 * @param shortSinceMicros since when the five minutes are far away; null while they are not
 * @param longSinceMicros since when the hour is
 * @param openedAtMicros when the incident opened; null while there is none
 * @param byHour whether only the hour opened it
 * @param calmSinceMicros since when the open incident has been calm; null while it is not
 */
public record Incident(
        @Nullable Long shortSinceMicros,
        @Nullable Long longSinceMicros,
        @Nullable Long openedAtMicros,
        boolean byHour,
        @Nullable Long calmSinceMicros) {

    /** Nothing is anomalous. */
    public static final Incident NONE = new Incident(null, null, null, false, null);

    private static final long MINUTE = 60 * 1_000_000L;
    private static final long SHORT_LASTS_MICROS = MINUTE;
    private static final long LONG_LASTS_MICROS = 4 * MINUTE;
    private static final long CALM_LASTS_MICROS = 5 * MINUTE;

    public boolean isOpen() {
        return openedAtMicros != null;
    }

    /**
     * The incident after the next evaluation.
     *
     * @param atOnce whether it is to open now
     */
    public Incident next(long timeMicros, Deviation fiveMinutes, Deviation hour, boolean atOnce) {
        Long shortSince = since(fiveMinutes.beyond(), shortSinceMicros, timeMicros);
        Long longSince = since(hour.beyond(), longSinceMicros, timeMicros);
        boolean byShort = atOnce || lasts(shortSince, timeMicros, SHORT_LASTS_MICROS);
        boolean byLong = lasts(longSince, timeMicros, LONG_LASTS_MICROS);
        if (openedAtMicros == null) {
            return byShort || byLong
                    ? new Incident(shortSince, longSince, timeMicros, !byShort, null)
                    : new Incident(shortSince, longSince, null, false, null);
        }
        boolean onlyByHour = byHour && !byShort;
        boolean calm = onlyByHour ? hour.calm() : fiveMinutes.calm() && longSince == null;
        Long calmSince = since(calm && !atOnce, calmSinceMicros, timeMicros);
        return lasts(calmSince, timeMicros, CALM_LASTS_MICROS)
                ? new Incident(shortSince, longSince, null, false, null)
                : new Incident(shortSince, longSince, openedAtMicros, onlyByHour, calmSince);
    }

    private static @Nullable Long since(boolean holds, @Nullable Long before, long timeMicros) {
        if (!holds) {
            return null;
        }
        return before == null ? timeMicros : before;
    }

    private static boolean lasts(@Nullable Long since, long timeMicros, long lastsMicros) {
        return since != null && timeMicros - since >= lastsMicros;
    }

    void encode(DataOutput out) throws IOException {
        encode(shortSinceMicros, out);
        encode(longSinceMicros, out);
        encode(openedAtMicros, out);
        out.writeBoolean(byHour);
        encode(calmSinceMicros, out);
    }

    static Incident decode(DataInput in) throws IOException {
        return new Incident(decodeTime(in), decodeTime(in), decodeTime(in), in.readBoolean(), decodeTime(in));
    }

    private static void encode(@Nullable Long timeMicros, DataOutput out) throws IOException {
        out.writeLong(timeMicros == null ? Long.MIN_VALUE : timeMicros);
    }

    private static @Nullable Long decodeTime(DataInput in) throws IOException {
        long timeMicros = in.readLong();
        return timeMicros == Long.MIN_VALUE ? null : Long.valueOf(timeMicros);
    }
}
