package dev.agentpulse.job.performance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.TickRecord;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * {@code new_query} messages: a feed for people, so at most so many a second of the log's time; the next message reports
 * how many were left out. Which ones is a function of the log: the first of each second.
 *
 * <p>Runs with parallelism 1 behind the clock. State: {@link QueryFeedState}, one value.
 */
public final class QueryFeedFunction extends ProcessFunction<Change, TickRecord> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final int limitPerSecond;

    private transient ListState<QueryFeedState> state;
    private long second = Long.MIN_VALUE;
    private int sent;
    private long suppressed;

    public QueryFeedFunction(int limitPerSecond) {
        this.limitPerSecond = limitPerSecond;
    }

    @Override
    public void processElement(Change change, Context context, Collector<TickRecord> out) {
        QueryRow row = change.queryAfter();
        if (row == null || change.queryBefore() != null) {
            return;
        }
        long time = change.position().timeMicros();
        long now = Math.floorDiv(time, MICROS_PER_SECOND);
        if (now != second) {
            second = now;
            sent = 0;
        }
        if (sent >= limitPerSecond) {
            suppressed++;
            return;
        }
        sent++;
        ObjectNode payload = Payload.of("new_query");
        Payload.put(payload, "id", row.id());
        Payload.put(payload, "agent", row.agent());
        payload.put("latency_ms", row.latencyMs());
        Payload.put(payload, "conversation_id", row.conversationId());
        Payload.put(payload, "query", row.query());
        Payload.putTime(payload, "created_at", row.createdAtMicros());
        if (suppressed > 0) {
            payload.put("suppressed", suppressed);
            suppressed = 0;
        }
        out.collect(TickRecord.of(new ChannelMessage(
                "new_query:" + change.position().key(),
                Channel.AGENT_QUERIES,
                "new_query",
                payload.toString(),
                change.position(),
                time)));
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("query-feed", TypeInformation.of(QueryFeedState.class)));
        for (QueryFeedState restored : state.get()) {
            second = restored.second();
            sent = restored.sent();
            suppressed = restored.suppressed();
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        state.update(List.of(new QueryFeedState(second, sent, suppressed)));
    }
}
