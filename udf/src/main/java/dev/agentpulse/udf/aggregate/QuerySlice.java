package dev.agentpulse.udf.aggregate;

import org.jspecify.annotations.Nullable;

/** The queries of one slice: when they came, how long they took, and how many were reviewed and edited. */
public final class QuerySlice extends PackedSlice<QueryEvent, QuerySlice.Rows> {

    public QuerySlice() {
        super(new Rows());
    }

    private QuerySlice(byte[] bytes) {
        super(bytes);
    }

    public static QuerySlice decode(byte[] bytes) {
        return new QuerySlice(bytes);
    }

    @Override
    public void add(QueryEvent event) {
        Rows rows = rowsToChange();
        rows.arrivals.add(event.timeMicros());
        if (event.latencyMs() != null) {
            rows.latencies.add(event.latencyMs());
        }
        rows.count(event, 1);
    }

    @Override
    public boolean retract(QueryEvent event) {
        if (!rows().mayHold(event)) {
            return false;
        }
        Rows rows = rowsToChange();
        rows.arrivals.remove(event.timeMicros());
        if (event.latencyMs() != null) {
            rows.latencies.remove(event.latencyMs());
        }
        rows.count(event, -1);
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
    public int maximum() {
        SortedMultiset latencies = rows().latencies;
        return latencies.isEmpty() ? NO_MAXIMUM : Math.toIntExact(latencies.greatest());
    }

    @Override
    void write(Rows rows, PackedOutput out) {
        rows.arrivals.write(out);
        rows.latencies.write(out);
        out.writeUnsigned(rows.approved);
        out.writeUnsigned(rows.rejected);
        out.writeUnsigned(rows.edited);
    }

    @Override
    Rows read(PackedInput in) {
        Rows rows = new Rows();
        rows.arrivals = SortedMultiset.read(in);
        rows.latencies = SortedMultiset.read(in);
        rows.approved = in.readCount();
        rows.rejected = in.readCount();
        rows.edited = in.readCount();
        return rows;
    }

    @Override
    int size(Rows rows) {
        return rows.arrivals.total();
    }

    /** The open form. */
    static final class Rows {
        SortedMultiset arrivals = new SortedMultiset();
        SortedMultiset latencies = new SortedMultiset();
        int approved;
        int rejected;
        int edited;

        private void count(QueryEvent event, int sign) {
            Boolean review = event.approved();
            if (review != null && review) {
                approved += sign;
            } else if (review != null) {
                rejected += sign;
            }
            if (event.humanEdited()) {
                edited += sign;
            }
        }

        /** False if taking the event out would leave less than nothing of something. */
        private boolean mayHold(QueryEvent event) {
            return arrivals.contains(event.timeMicros())
                    && (event.latencyMs() == null
                            ? latencies.total() < arrivals.total()
                            : latencies.contains(event.latencyMs()))
                    && of(event.approved()) > 0
                    && (event.humanEdited() ? edited : arrivals.total() - edited) > 0;
        }

        private int of(@Nullable Boolean review) {
            if (review == null) {
                return arrivals.total() - approved - rejected;
            }
            return review ? approved : rejected;
        }
    }
}
