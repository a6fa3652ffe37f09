package dev.agentpulse.udf.aggregate;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sliding windows of several sizes over one stream of values that come late, come early, change and go.
 *
 * <p>A window covers {@code (floor(time, slide) - size, time]}. Its start is always a slice edge and nothing later than
 * the current time is in a slice, so a window is simply all slices that end after its start. That makes three rules:
 *
 * <ul>
 *   <li>a value in the past goes into its slice and into every window that holds the slice;
 *   <li>a slice that leaves a window is inverted out of it, once; leaving the longest, it is dropped;
 *   <li>a value ahead of time waits and goes in when time reaches it; one older than all windows is ignored.
 * </ul>
 *
 * <p>Ordering: none required. Operators: {@link Window} must be a group. Cost: a change takes a search among the slices,
 * a change of one slice and one addition a window; a step of time takes one inversion a window for each slice that
 * leaves. Neither depends on how many rows a window holds nor on how many slices it spans.
 *
 * <p>Time moves only by {@link #advanceTo}. What is in the windows, and the steps that are announced on the way, follow
 * from the values and the times alone, however the way is cut into calls.
 *
 * @param <V> values
 * @param <S> slices of them
 * @param <W> windows over slices
 */
public final class SlidingWindows<V extends Timed, S extends Slice<V>, W extends Window<V, S>> {

    /** How many slices stay unpacked: the newest, and those that late rows, updates and deletes hit in turn. */
    static final int OPEN_SLICES = 16;

    /**
     * How many stay unpacked while time stands still, if they are large: one transaction may change all rows of some
     * thousand slices in any order, and to pack and open thousands of rows for each of them would take hours.
     */
    static final int OPEN_LARGE_SLICES = 256;

    private final WindowSpec spec;
    private final Supplier<S> newSlice;
    private final List<W> windows = new ArrayList<>();

    /** By slice end; none of them is empty, and all are in the longest window. */
    private final TreeMap<Long, S> slices = new TreeMap<>();

    private final OpenSlices<S> openSlices = new OpenSlices<>();

    /** Not private, so that a test can see it forget. */
    final SuffixMaxima maxima = new SuffixMaxima();

    private final PendingValues<V> pending = new PendingValues<>();
    private final TreeSet<Long> changedSlices = new TreeSet<>();
    private final TreeSet<Long> changedPending = new TreeSet<>();
    private final long[] changeCounts;
    private long timeMicros = Long.MIN_VALUE;

    public SlidingWindows(WindowSpec spec, Supplier<S> newSlice, Supplier<W> newWindow) {
        this.spec = spec;
        this.newSlice = newSlice;
        this.changeCounts = new long[spec.windowCount()];
        for (int i = 0; i < spec.windowCount(); i++) {
            windows.add(newWindow.get());
        }
    }

    /**
     * Moves time forward; an earlier or equal time is ignored. On the way, and in time order, every waiting value whose
     * time comes goes in and every slice that leaves a window is taken out. Each instant at which that happens is a
     * step: windows then show that instant, and {@code onStep} gets its time. The new time itself is announced only if
     * it is a step. {@code onStep} must not change anything here.
     */
    public void advanceTo(long toMicros, LongConsumer onStep) {
        if (toMicros <= timeMicros) {
            return;
        }
        openSlices.trim();
        long step = nextStepMicros();
        while (step <= toMicros && step != Long.MAX_VALUE) {
            evictUntil(step);
            timeMicros = step;
            for (V value : pending.take(step)) {
                changedPending.add(step);
                place(value);
            }
            onStep.accept(step);
            step = nextStepMicros();
        }
        timeMicros = toMicros;
    }

    public void insert(V value) {
        if (value.timeMicros() > timeMicros) {
            spec.sliceEnd(value.timeMicros()); // refuses a time that no slice could hold later
            pending.add(value);
            changedPending.add(value.timeMicros());
        } else if (value.timeMicros() > windowStart(longest())) {
            place(value);
        }
    }

    /**
     * Takes out a value that was inserted.
     *
     * @return false, with nothing changed, if there is no such value where it would have to be. A value older than every
     *     window would not have to be anywhere, and gives true.
     */
    public boolean retract(V value) {
        long time = value.timeMicros();
        if (time > timeMicros) {
            boolean removed = pending.remove(value);
            if (removed) {
                changedPending.add(time);
            }
            return removed;
        }
        if (time <= windowStart(longest())) {
            return true;
        }
        long end = spec.sliceEnd(time);
        S slice = slices.get(end);
        if (slice == null) {
            return false;
        }
        touch(end, slice);
        if (!slice.retract(value)) {
            return false;
        }
        for (int i = 0; i < windows.size(); i++) {
            if (end > windowStart(i)) {
                windows.get(i).retract(value);
                changeCounts[i]++;
            }
        }
        changedSlices.add(end);
        if (slice.isEmpty()) {
            slices.remove(end);
            openSlices.remove(end);
            maxima.put(end, Slice.NO_MAXIMUM);
        } else {
            maxima.put(end, slice.maximum());
        }
        return true;
    }

    /** The current time; {@code Long.MIN_VALUE} before the first advance. */
    public long timeMicros() {
        return timeMicros;
    }

    /** The running aggregate of a window, by its place in {@link WindowSpec#sizesMicros}. It changes with every call. */
    public W window(int window) {
        return windows.get(window);
    }

    /** Rises whenever something enters or leaves a window: while it is the same, so are all figures of the window. */
    public long changeCount(int window) {
        return changeCounts[window];
    }

    /** The (excluded) start of a window now; {@code Long.MIN_VALUE} before the first advance. */
    public long windowStart(int window) {
        return spec.windowStart(window, timeMicros);
    }

    /** When time alone will change a window next; {@code Long.MAX_VALUE} if it never will. */
    public long nextStepMicros() {
        long next = pending.firstMicros();
        for (int i = 0; i < windows.size(); i++) {
            Long oldest = slices.higherKey(windowStart(i));
            if (oldest != null) {
                next = Math.min(next, oldest + spec.sizeMicros(i));
            }
        }
        return next;
    }

    /** The event time of the newest value in a window. */
    public OptionalLong latestMicros(int window) {
        Map.Entry<Long, S> newest = slices.lastEntry();
        if (newest == null || newest.getKey() <= windowStart(window)) {
            return OptionalLong.empty();
        }
        touch(newest.getKey(), newest.getValue());
        return OptionalLong.of(newest.getValue().latestMicros());
    }

    /** The greatest {@link Slice#maximum} in a window. */
    public OptionalInt maximum(int window) {
        int maximum = maxima.maximumAfter(windowStart(window));
        return maximum == Slice.NO_MAXIMUM ? OptionalInt.empty() : OptionalInt.of(maximum);
    }

    /** Whether nothing is kept: no value in any window, none waiting. */
    public boolean isEmpty() {
        return slices.isEmpty() && pending.isEmpty();
    }

    /** How many slices are kept. */
    public int sliceCount() {
        return slices.size();
    }

    /** Takes everything out; time stays. */
    public void clear() {
        for (Map.Entry<Long, S> entry : slices.entrySet()) {
            for (int i = 0; i < windows.size(); i++) {
                if (entry.getKey() > windowStart(i)) {
                    windows.get(i).invert(entry.getValue());
                    changeCounts[i]++;
                }
            }
            maxima.put(entry.getKey(), Slice.NO_MAXIMUM);
            changedSlices.add(entry.getKey());
        }
        slices.clear();
        openSlices.clear();
        changedPending.addAll(pending.clear());
    }

    /**
     * Hands over, by slice end and in that order, every slice that changed since the last call; null for one that is
     * gone. With {@link #drainChangedPending} and {@link #timeMicros} this is all that {@link #restore} needs.
     */
    public void drainChangedSlices(BiConsumer<Long, @Nullable S> sink) {
        changedSlices.forEach(end -> sink.accept(end, slices.get(end)));
        changedSlices.clear();
    }

    /** Hands over, by time, all values waiting for a time at which something changed; null if none is waiting any more. */
    public void drainChangedPending(BiConsumer<Long, @Nullable List<V>> sink) {
        changedPending.forEach(time -> sink.accept(time, pending.at(time)));
        changedPending.clear();
    }

    /** Fills a new instance with what was drained from an earlier one. Slices older than every window are dropped. */
    public void restore(
            long timeMicros,
            Iterable<? extends Map.Entry<Long, S>> slices,
            Iterable<? extends Map.Entry<Long, List<V>>> pending) {
        if (this.timeMicros != Long.MIN_VALUE || !isEmpty()) {
            throw new IllegalStateException("restore must come first, but time is " + this.timeMicros);
        }
        this.timeMicros = timeMicros;
        for (Map.Entry<Long, S> entry : slices) {
            restoreSlice(entry.getKey(), entry.getValue());
        }
        for (Map.Entry<Long, List<V>> entry : pending) {
            if (entry.getKey() <= timeMicros) {
                throw new IllegalArgumentException(
                        "times of waiting values must be after " + timeMicros + " but one is " + entry.getKey());
            }
            entry.getValue().forEach(this.pending::add);
        }
    }

    private void restoreSlice(long end, S slice) {
        if (end != spec.sliceEnd(end) || timeMicros < end - spec.slideMicros()) {
            throw new IllegalArgumentException("ends of slices must be multiples of the slide " + spec.slideMicros()
                    + " and not lie ahead of time " + timeMicros + " but one is " + end);
        }
        if (end <= windowStart(longest()) || slice.isEmpty()) {
            changedSlices.add(end);
            return;
        }
        slices.put(end, slice);
        touch(end, slice);
        for (int i = 0; i < windows.size(); i++) {
            if (end > windowStart(i)) {
                windows.get(i).combine(slice);
            }
        }
        maxima.put(end, slice.maximum());
    }

    private void place(V value) {
        long end = spec.sliceEnd(value.timeMicros());
        S slice = slices.computeIfAbsent(end, absent -> newSlice.get());
        touch(end, slice);
        slice.add(value);
        for (int i = 0; i < windows.size(); i++) {
            if (end > windowStart(i)) {
                windows.get(i).add(value);
                changeCounts[i]++;
            }
        }
        changedSlices.add(end);
        maxima.put(end, slice.maximum());
    }

    /** Takes out of each window the slices that it no longer holds at a later time. */
    private void evictUntil(long laterMicros) {
        for (int i = 0; i < windows.size(); i++) {
            long start = spec.windowStart(i, laterMicros);
            var leaving = slices.subMap(windowStart(i), false, start, true);
            for (Map.Entry<Long, S> entry : leaving.entrySet()) {
                touch(entry.getKey(), entry.getValue());
                windows.get(i).invert(entry.getValue());
                changeCounts[i]++;
            }
            if (i == longest() && !leaving.isEmpty()) {
                changedSlices.addAll(leaving.keySet());
                openSlices.keySet().removeAll(leaving.keySet());
                leaving.clear();
                maxima.removeThrough(start);
            }
        }
    }

    private void touch(long end, S slice) {
        openSlices.put(end, slice);
    }

    private int longest() {
        return windows.size() - 1;
    }

    /** The slices used last; one that falls out is packed. */
    private static final class OpenSlices<S extends Slice<?>> extends LinkedHashMap<Long, S> {

        OpenSlices() {
            super(OPEN_SLICES, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, S> eldest) {
            S slice = eldest.getValue();
            boolean full = size() > (slice.isLarge() ? OPEN_LARGE_SLICES : OPEN_SLICES);
            if (full) {
                slice.pack();
            }
            return full;
        }

        /** Packs all but the few that were used last. */
        void trim() {
            Iterator<S> eldestFirst = values().iterator();
            while (size() > OPEN_SLICES) {
                eldestFirst.next().pack();
                eldestFirst.remove();
            }
        }
    }
}
