package dev.agentpulse.job.tick;

import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;

/** Runs a keyed function whose timers speak at ticks, and sends what it said on its way at once. */
public final class FlushingProcessOperator<I, O> extends KeyedProcessOperator<String, I, O> {

    private static final long serialVersionUID = 1L;

    public FlushingProcessOperator(KeyedProcessFunction<String, I, O> function) {
        super(function);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        super.processWatermark(mark);
        TickFlush.flush(getContainingTask());
    }
}
