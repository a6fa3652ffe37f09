package dev.agentpulse.udf.aggregate;

import dev.agentpulse.udf.aggregate.ApprovalEvent.Kind;
import java.util.EnumMap;
import java.util.Map;

/** The approvals of one slice: when something happened to them and, for each kind, how long the decisions took. */
public final class ApprovalSlice extends PackedSlice<ApprovalEvent, ApprovalSlice.Rows> {

    public ApprovalSlice() {
        super(new Rows());
    }

    private ApprovalSlice(byte[] bytes) {
        super(bytes);
    }

    public static ApprovalSlice decode(byte[] bytes) {
        return new ApprovalSlice(bytes);
    }

    @Override
    public void add(ApprovalEvent event) {
        Rows rows = rowsToChange();
        rows.arrivals.add(event.timeMicros());
        rows.of(event.kind()).add(event.resolutionMicros());
    }

    @Override
    public boolean retract(ApprovalEvent event) {
        Rows held = rows();
        if (!held.arrivals.contains(event.timeMicros())
                || !held.of(event.kind()).contains(event.resolutionMicros())) {
            return false;
        }
        Rows rows = rowsToChange();
        rows.arrivals.remove(event.timeMicros());
        rows.of(event.kind()).remove(event.resolutionMicros());
        return true;
    }

    @Override
    public boolean isEmpty() {
        return rows().arrivals.isEmpty();
    }

    @Override
    public long latestMicros() {
        return rows().arrivals.greatest();
    }

    @Override
    void write(Rows rows, PackedOutput out) {
        rows.arrivals.write(out);
        for (Kind kind : Kind.values()) {
            rows.of(kind).write(out);
        }
    }

    @Override
    Rows read(PackedInput in) {
        Rows rows = new Rows();
        rows.arrivals = SortedMultiset.read(in);
        for (Kind kind : Kind.values()) {
            rows.resolutions.put(kind, SortedMultiset.read(in));
        }
        return rows;
    }

    @Override
    int size(Rows rows) {
        return rows.arrivals.total();
    }

    /** The open form. */
    static final class Rows {
        private SortedMultiset arrivals = new SortedMultiset();
        private final Map<Kind, SortedMultiset> resolutions = new EnumMap<>(Kind.class);

        /** Resolution times in microseconds of the events of a kind; zeros for requests. */
        SortedMultiset of(Kind kind) {
            return resolutions.computeIfAbsent(kind, absent -> new SortedMultiset());
        }
    }
}
