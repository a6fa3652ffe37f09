package dev.agentpulse.udf.aggregate;

/** Something that a row of a source table adds to the history of the buckets that one time lies in. */
public interface HistoryEvent extends Timed {

    /** Puts it in ({@code sign} 1) or takes it out (−1). */
    void addTo(HistoryTotals totals, int sign);
}
