package dev.agentpulse.job.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * {@code slow_query}: a point event when a query is, or becomes, slow. An agent raises so many a second of the log's
 * time; the next one reports how many were left out.
 *
 * <p>Runs with parallelism 1 behind the clock, so that the alert goes the shortest way. State: a {@link SlowQueryQuota}
 * an agent with a slow query in the current second, or with suppressed ones to report; cleared by the next second, and a day
 * after the last suppressed one.
 */
public final class SlowQueryFunction extends ProcessFunction<Change, TickRecord> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;
    private static final long MICROS_PER_SECOND = 1_000_000;

    /** Agents that come once and never again must not be remembered for ever. */
    private static final long LONGEST_KEPT_SECONDS = TimeUnit.DAYS.toSeconds(1);

    private final AlertConfig config;

    private transient ListState<SlowQueryQuota> state;
    private transient Map<String, SlowQueryQuota> quotas;
    private long second;

    public SlowQueryFunction(AlertConfig config) {
        this.config = config;
    }

    @Override
    public void processElement(Change change, Context context, Collector<TickRecord> out) {
        QueryRow row = change.queryAfter();
        if (row == null || !isSlow(row) || isSlow(change.queryBefore())) {
            return;
        }
        long now = Math.floorDiv(change.position().timeMicros(), MICROS_PER_SECOND);
        if (now != second) {
            second = now;
            quotas.values().removeIf(quota -> quota.suppressed() == 0 || quota.second() < now - LONGEST_KEPT_SECONDS);
        }
        SlowQueryQuota quota = quotas.get(row.agent());
        int raised = quota == null || quota.second() != now ? 0 : quota.raised();
        long suppressed = quota == null ? 0 : quota.suppressed();
        if (raised >= config.slowQueryLimitPerSecond()) {
            quotas.put(row.agent(), new SlowQueryQuota(row.agent(), now, raised, suppressed + 1));
            return;
        }
        quotas.put(row.agent(), new SlowQueryQuota(row.agent(), now, raised + 1, 0));
        raise(change, row, suppressed, out);
    }

    private boolean isSlow(@Nullable QueryRow row) {
        return row != null && row.latencyMs() != null && row.latencyMs() > config.slowQueryMs();
    }

    private void raise(Change change, QueryRow row, long suppressed, Collector<TickRecord> out) {
        int latency = row.latencyMs() == null ? 0 : row.latencyMs();
        Severity severity = severity(latency);
        long time = change.position().timeMicros();
        ObjectNode details = Payload.object();
        Payload.put(details, "agent", row.agent());
        Payload.put(details, "query", row.query());
        if (suppressed > 0) {
            details.put("suppressed", suppressed);
        }
        out.collect(TickRecord.of(new AlertChange(
                AlertChange.Step.POINT,
                AlertRule.SLOW_QUERY.alertIdAt(row.id(), change.position()),
                AlertRule.SLOW_QUERY,
                row.id(),
                severity,
                BigDecimal.valueOf(latency),
                BigDecimal.valueOf(config.slowQueryMs()),
                row.conversationId(),
                details.toString(),
                time)));
        ObjectNode payload = Payload.of("slow_query");
        Payload.put(payload, "agent", row.agent());
        payload.put("latency_ms", latency);
        Payload.put(payload, "query", row.query());
        Payload.put(payload, "conversation_id", row.conversationId());
        Payload.putTime(payload, "created_at", row.createdAtMicros());
        payload.put("severity", severity.text());
        out.collect(TickRecord.of(new ChannelMessage(
                "slow_query:" + change.position().key(),
                Channel.PERFORMANCE_ALERT,
                "slow_query",
                payload.toString(),
                change.position(),
                time)));
    }

    private Severity severity(int latencyMs) {
        if (latencyMs > config.slowQueryCriticalMs()) {
            return Severity.CRITICAL;
        }
        return latencyMs > config.slowQueryWarningMs() ? Severity.WARNING : Severity.INFO;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("slow-query-quotas", TypeInformation.of(SlowQueryQuota.class)));
        quotas = new HashMap<>();
        for (SlowQueryQuota restored : state.get()) {
            quotas.put(restored.agent(), restored);
            second = Math.max(second, restored.second());
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        state.update(new ArrayList<>(quotas.values()));
    }
}
