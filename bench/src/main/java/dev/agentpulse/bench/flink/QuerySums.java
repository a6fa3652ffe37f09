package dev.agentpulse.bench.flink;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Count, sum and maximum of latencies, slow ones and approved ones, in this order. */
final class QuerySums implements AggregateFunction<QueryInsert, long[], long[]> {

    private static final long serialVersionUID = 1L;
    private static final int FIGURES = 5;
    private static final int SLOW_MILLIS = 200;

    @Override
    public long[] createAccumulator() {
        return new long[FIGURES];
    }

    @Override
    public long[] add(QueryInsert query, long[] sums) {
        sums[0]++;
        sums[1] += query.latencyMillis();
        sums[2] = Math.max(sums[2], query.latencyMillis());
        sums[3] += query.latencyMillis() > SLOW_MILLIS ? 1 : 0;
        sums[4] += query.approved() ? 1 : 0;
        return sums;
    }

    @Override
    public long[] getResult(long[] sums) {
        return sums.clone();
    }

    @Override
    public long[] merge(long[] one, long[] other) {
        throw new UnsupportedOperationException("sliding windows are never merged");
    }
}
