package dev.agentpulse.job.performance;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickOperator;
import dev.agentpulse.job.tick.WindowState;
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

/** Drives the agents' windows by hand: changes in any order, then a tick. Restarts when asked. */
final class AgentDriver implements AutoCloseable {

    private static final OutputTag<HealthChange> HEALTH =
            new OutputTag<>("health", TypeInformation.of(HealthChange.class));

    private final JobConfig config;
    private KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> harness;
    private final List<HealthChange> health = new ArrayList<>();

    AgentDriver(JobConfig config) throws Exception {
        this.config = config;
        this.harness = start(null);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> start(
            @Nullable OperatorSubtaskState checkpoint) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> started =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TickOperator<>(
                                new AgentPerformanceFunction(config.windows(), config.alerts(), HEALTH),
                                WindowState.TIME_STATE),
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
        harness.processElement(new StreamRecord<>(change));
    }

    /** Closes a tick, and gives what it says. */
    List<TickRecord> tick(long asOfMicros) throws Exception {
        harness.processWatermark(new Watermark(asOfMicros));
        List<TickRecord> said = List.copyOf(harness.extractOutputValues());
        harness.getOutput().clear();
        Queue<StreamRecord<HealthChange>> told = harness.getSideOutput(HEALTH);
        if (told != null) {
            told.forEach(record -> health.add(record.getValue()));
            told.clear();
        }
        return said;
    }

    /** All that the alert rule has heard by the last tick. */
    List<HealthChange> health() {
        return health;
    }

    /** Stops with a checkpoint and goes on from it. */
    void restart() throws Exception {
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
