package dev.agentpulse.udf.anomaly;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is anomalous about one agent: how many queries it has, how long they take, and how many of the reviewed ones are
 * rejected or edited. Evaluated every 30 seconds of the log's time, at whole half-minutes, from the rows that were put in
 * by then; so it is a function of the log, whenever somebody looks. What the weeks before had is given by whoever keeps
 * it, with each evaluation. 2 kB of an agent that asks little, at most 35 kB.
 */
public final class AgentAnomalies {

    /** At most this much is made up for; after a longer pause of the log what lies before is left out. */
    private static final long MOST_STEPS = 24 * 120;

    private static final int FIVE_MINUTES = 10;
    private static final int HOUR = 120;
    private static final int GAP = (int) (Level.GAP_MICROS / RecentQueries.STEP_MICROS);
    private static final int HOUR_GAP = (int) (Level.HOUR_GAP_MICROS / RecentQueries.STEP_MICROS);
    private static final int SLOT = (int) (Slots.SLOT_MICROS / RecentQueries.STEP_MICROS);

    /** Slots before the first evaluation that it looks at. */
    public static final int SLOTS_TO_BEGIN = 9;

    /** Which figure an incident is about. */
    public enum Measure {
        VOLUME,
        LATENCY,
        REJECTED_RATE,
        EDITED_RATE
    }

    /** Receives incidents that open and close. */
    public interface Listener {

        /** An incident opened at an evaluation that found {@code found}. */
        void opened(Measure measure, long timeMicros, VolumeDetector.Found found);

        /** The incident that had opened at {@code openedAtMicros} is over. */
        void closed(Measure measure, long openedAtMicros, long timeMicros);
    }

    private final RecentQueries recent;
    private VolumeDetector volume = new VolumeDetector();
    private LatencyDetector latency = new LatencyDetector();
    private final Map<Measure, RateDetector> rates = new EnumMap<>(Measure.class);

    /** The last step that was evaluated. */
    private long step;

    private VolumeDetector.Found lastVolume = VolumeDetector.Found.NOTHING;

    /** @param timeMicros the log's time, before which nothing is evaluated */
    public AgentAnomalies(long timeMicros) {
        this(new RecentQueries(timeMicros), Math.floorDiv(timeMicros, RecentQueries.STEP_MICROS));
    }

    private AgentAnomalies(RecentQueries recent, long step) {
        this.recent = recent;
        this.step = step;
        rates.put(Measure.REJECTED_RATE, new RateDetector());
        rates.put(Measure.EDITED_RATE, new RateDetector());
    }

    /** Puts a query in ({@code sign} 1) or takes it out (-1). */
    public void add(Query query, int sign) {
        recent.add(query, sign);
    }

    /**
     * Puts in a slot that was over before there were rows, from history: spread evenly over its time.
     *
     * @param latencyMs sum of its latencies
     */
    public void addPast(long slot, int count, long latencyMs) {
        recent.addPast(slot * SLOT, SLOT, count, latencyMs);
    }

    /** The weeks before are known only now: what is usual is learned from them, unless an incident rests on it. */
    public void learnAgain() {
        if (!volume.incident().isOpen()) {
            volume = new VolumeDetector();
        }
    }

    /** All rows are gone. */
    public void clear() {
        recent.clear();
    }

    /**
     * Time goes on, and each half-minute up to it is evaluated.
     *
     * @param past what the weeks before had, up to the open slot at least
     */
    public void advanceTo(long timeMicros, LatencyDetector.Past past, Listener listener) {
        long until = Math.floorDiv(timeMicros, RecentQueries.STEP_MICROS);
        if (until <= step) {
            return;
        }
        if (volume.isNew()) {
            volume.learn(past.counts(), Math.floorDiv(timeMicros, Slots.SLOT_MICROS));
        }
        for (long next = Math.max(step + 1, until - MOST_STEPS); next <= until; next++) {
            step = next;
            recent.advanceTo(next);
            evaluate(past, listener);
        }
    }

    private void evaluate(LatencyDetector.Past past, Listener listener) {
        long now = step * RecentQueries.STEP_MICROS;
        Incident before = volume.incident();
        lastVolume = volume.next(
                now,
                past.counts(),
                new VolumeDetector.Counts(
                        sum(RecentQueries.Part.COUNT, 0, FIVE_MINUTES),
                        sum(RecentQueries.Part.COUNT, 0, HOUR),
                        sum(RecentQueries.Part.COUNT, GAP, HOUR),
                        sum(RecentQueries.Part.COUNT, HOUR_GAP, HOUR),
                        recent.quietSteps(step, SLOT) * RecentQueries.STEP_MICROS));
        report(Measure.VOLUME, now, before, volume.incident(), lastVolume, listener);

        before = latency.incident();
        VolumeDetector.Found found = latency.next(
                now,
                past,
                new LatencyDetector.Measured(
                        latencies(0, FIVE_MINUTES),
                        latencies(0, HOUR),
                        latencies(GAP, HOUR),
                        latencies(HOUR_GAP, HOUR)));
        report(Measure.LATENCY, now, before, latency.incident(), found, listener);

        rates.forEach((measure, detector) -> {
            RecentQueries.Part hits =
                    measure == Measure.EDITED_RATE ? RecentQueries.Part.EDITED : RecentQueries.Part.REJECTED;
            Incident was = detector.incident();
            VolumeDetector.Found rate = detector.next(
                    now,
                    new RateDetector.Measured(
                            share(hits, 0, FIVE_MINUTES),
                            share(hits, 0, HOUR),
                            share(hits, GAP, HOUR),
                            share(hits, HOUR_GAP, HOUR),
                            new RateDetector.Share((double) recent.sumOfSevenDays(hits), (double)
                                    recent.sumOfSevenDays(RecentQueries.Part.REVIEWED))));
            report(measure, now, was, detector.incident(), rate, listener);
        });
    }

    private static void report(
            Measure measure, long now, Incident before, Incident after, VolumeDetector.Found found, Listener listener) {
        Long openedAt = before.openedAtMicros();
        if (openedAt == null && after.isOpen()) {
            listener.opened(measure, now, found);
        } else if (openedAt != null && !after.isOpen()) {
            listener.closed(measure, openedAt, now);
        }
    }

    private double sum(RecentQueries.Part part, int gap, int steps) {
        return (double) recent.sum(part, step - gap, steps);
    }

    private LatencyDetector.Latencies latencies(int gap, int steps) {
        return new LatencyDetector.Latencies(
                sum(RecentQueries.Part.TIMED, gap, steps),
                sum(RecentQueries.Part.LATENCY, gap, steps),
                sum(RecentQueries.Part.LATENCY_SQUARES, gap, steps));
    }

    private RateDetector.Share share(RecentQueries.Part hits, int gap, int steps) {
        return new RateDetector.Share(sum(hits, gap, steps), sum(RecentQueries.Part.REVIEWED, gap, steps));
    }

    /** What the last evaluation found of the number of queries; null where nothing is expected. */
    public VolumeDetector.@Nullable Found volume() {
        return lastVolume.known() ? lastVolume : null;
    }

    /** Whether any incident is open. */
    public boolean isOpen() {
        return volume.incident().isOpen()
                || latency.incident().isOpen()
                || rates.values().stream().anyMatch(rate -> rate.incident().isOpen());
    }

    /** About how much of the heap it takes. */
    public int heapBytes() {
        return recent.heapBytes() + volume.heapBytes() + latency.heapBytes();
    }

    /** What {@link #decode} reads. */
    public byte[] encode() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeLong(step);
            recent.encode(out);
            volume.encode(out);
            latency.encode(out);
            for (RateDetector rate : rates.values()) {
                rate.encode(out);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what {@link #encode} wrote. */
    public static AgentAnomalies decode(byte[] bytes) {
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            long step = in.readLong();
            AgentAnomalies anomalies = new AgentAnomalies(RecentQueries.decode(in), step);
            anomalies.volume = VolumeDetector.decode(in);
            anomalies.latency = LatencyDetector.decode(in);
            for (Measure measure : Arrays.asList(Measure.REJECTED_RATE, Measure.EDITED_RATE)) {
                anomalies.rates.put(measure, RateDetector.decode(in));
            }
            return anomalies;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
