package dev.agentpulse.udf.aggregate;

/** The feedback of one slice: when it came, and the totals of what it said. */
public final class FeedbackSlice extends PackedSlice<FeedbackEvent, FeedbackSlice.Rows> {

    public FeedbackSlice() {
        super(new Rows(new SortedMultiset(), new FeedbackTotals()));
    }

    private FeedbackSlice(byte[] bytes) {
        super(bytes);
    }

    public static FeedbackSlice decode(byte[] bytes) {
        return new FeedbackSlice(bytes);
    }

    @Override
    public void add(FeedbackEvent event) {
        Rows rows = rowsToChange();
        rows.arrivals.add(event.timeMicros());
        rows.totals.count(event, 1);
    }

    @Override
    public boolean retract(FeedbackEvent event) {
        Rows held = rows();
        if (!held.arrivals.contains(event.timeMicros()) || !held.totals.mayHold(event)) {
            return false;
        }
        Rows rows = rowsToChange();
        rows.arrivals.remove(event.timeMicros());
        rows.totals.count(event, -1);
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
        rows.totals.write(out);
    }

    @Override
    Rows read(PackedInput in) {
        return new Rows(SortedMultiset.read(in), FeedbackTotals.read(in));
    }

    @Override
    int size(Rows rows) {
        return rows.arrivals().total();
    }

    /** The open form. */
    record Rows(SortedMultiset arrivals, FeedbackTotals totals) {}
}
