package dev.agentpulse.job.performance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.SmallHeap;
import dev.agentpulse.job.tick.TickOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** Drives the agents' windows by hand: changes in the order of the log, then a tick. Restarts when asked. */
final class AgentDriver implements AutoCloseable {

    private static final OutputTag<HealthChange> HEALTH =
            new OutputTag<>("health", TypeInformation.of(HealthChange.class));

    private final JobConfig config;
    private final long heapBytes;
    private KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> harness;
    private final List<StreamRecord<HealthChange>> health = new ArrayList<>();
    private long lastTickMicros = Long.MIN_VALUE;

    AgentDriver(JobConfig config) throws Exception {
        this(config, Long.MAX_VALUE);
    }

    /** @param heapBytes what agents may take of the heap */
    AgentDriver(JobConfig config, long heapBytes) throws Exception {
        this.config = config;
        this.heapBytes = heapBytes;
        this.harness = start(null);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> start(
            @Nullable OperatorSubtaskState checkpoint) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> started =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TickOperator<>(new SmallHeap<>(
                                new AgentPerformanceLogic(config.windows(), config.alerts(), HEALTH), heapBytes)),
                        QueryChange::key,
                        Types.STRING);
        started.setup();
        if (checkpoint != null) {
            started.initializeState(checkpoint);
        }
        started.open();
        return started;
    }

    void change(QueryChange change) throws Exception {
        harness.processElement(new StreamRecord<>(change, change.timeMicros()));
    }

    /** Closes a tick, and gives what it emits, all of which belongs to it. */
    List<TickRecord> tick(long asOfMicros) throws Exception {
        takeHealth();
        harness.processWatermark(new Watermark(asOfMicros));
        List<TickRecord> emitted = List.copyOf(harness.extractOutputValues());
        assertThat(harness.extractOutputStreamRecords())
                .extracting(StreamRecord::getTimestamp)
                .allMatch(time -> time > lastTickMicros && time <= asOfMicros);
        harness.getOutput().clear();
        int before = health.size();
        takeHealth();
        assertThat(health.subList(before, health.size()))
                .allMatch(change -> change.getTimestamp() > lastTickMicros && change.getTimestamp() <= asOfMicros);
        assertThat(health)
                .allMatch(change -> change.getTimestamp() == change.getValue().timeMicros());
        lastTickMicros = asOfMicros;
        return emitted;
    }

    private void takeHealth() {
        Queue<StreamRecord<HealthChange>> emitted = harness.getSideOutput(HEALTH);
        if (emitted != null) {
            health.addAll(emitted);
            emitted.clear();
        }
    }

    /** All that the alert rule has received. */
    List<HealthChange> health() {
        return health.stream().map(StreamRecord::getValue).toList();
    }

    /** Stops with a checkpoint and goes on from it. */
    void restart() throws Exception {
        harness.prepareSnapshotPreBarrier(1);
        takeHealth();
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        harness.close();
        harness = start(checkpoint);
    }

    /** As of a checkpoint. */
    int stateEntries() throws Exception {
        harness.snapshot(1, 1);
        return harness.numKeyedStateEntries();
    }

    int timers() {
        return harness.numEventTimeTimers();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
