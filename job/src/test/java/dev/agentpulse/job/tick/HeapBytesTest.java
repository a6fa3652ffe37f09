package dev.agentpulse.job.tick;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.history.HistoryLogic;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.KeyedChange;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.outlook.NoPast;
import dev.agentpulse.job.outlook.OutlookLogic;
import dev.agentpulse.job.performance.AgentPerformanceLogic;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What keys are said to take of the heap beside what they take: an estimate that is far too low fills the heap long before
 * {@link HeapRoom} is full.
 */
class HeapBytesTest {

    private static final JobConfig CONFIG = SampleConfig.of();

    /** The hour at most, so that nothing leaves the windows. */
    private static final long HOUR_MICROS = 3_600_000_000L;

    private static final int DIFFERENT_LATENCIES = 3_000;

    /** Makes a change of an insert. */
    private interface Insert<C> {
        C of(String agent, QueryEvent row);
    }

    @ParameterizedTest
    @CsvSource({"1, 5000", "10, 1000", "60, 300", "600, 60"})
    void windowsOfAgents(int queries, int agents) throws Exception {
        OutputTag<HealthChange> health = new OutputTag<>("health", TypeInformation.of(HealthChange.class));
        assertIsAbout(
                new AgentPerformanceLogic(CONFIG.windows(), CONFIG.alerts(), health),
                List.of(health),
                (agent, row) -> new QueryChange(agent, row.timeMicros(), false, null, row),
                queries,
                agents);
    }

    @ParameterizedTest
    @CsvSource({"1, 5000", "60, 1000"})
    void history(int queries, int agents) throws Exception {
        assertIsAbout(
                new HistoryLogic(CONFIG.history()),
                List.of(HistoryLogic.OUTLOOK, HistoryLogic.QUERIES),
                HeapBytesTest::historyChange,
                queries,
                agents);
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "10, 500", "600, 100"})
    void outlook(int queries, int agents) throws Exception {
        assertIsAbout(
                new OutlookLogic(
                        CONFIG.history(), CONFIG.alerts().slaThresholdMicros(), CONFIG.reportingZone(), new NoPast()),
                List.of(),
                HeapBytesTest::historyChange,
                queries,
                agents);
    }

    private static HistoryChange historyChange(String agent, QueryEvent row) {
        return new HistoryChange(
                HistoryTable.AGENTS,
                agent,
                row.timeMicros(),
                1,
                0,
                false,
                false,
                false,
                null,
                row,
                null,
                null,
                null,
                null);
    }

    private <C extends KeyedChange, T> void assertIsAbout(
            TickLogic<C, T> logic, List<OutputTag<?>> sideOutputs, Insert<C> insert, int queries, int agents)
            throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, C, TickRecord> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TickOperator<>(new SmallHeap<>(logic, Long.MAX_VALUE)), C::key, Types.STRING)) {
            harness.setup();
            harness.open();
            long usedBefore = usedBytes();
            long estimatedBefore = HeapRoom.used();
            for (int query = 0; query < queries; query++) {
                long time = Samples.START + query * (HOUR_MICROS / queries);
                for (int agent = 0; agent < agents; agent++) {
                    int latency = (agent * 7919 + query * 104_729) % DIFFERENT_LATENCIES;
                    QueryEvent row = new QueryEvent(time, latency, null, false);
                    harness.processElement(new StreamRecord<>(insert.of("agent-" + agent, row), time));
                }
                harness.processWatermark(new Watermark(time));
                harness.getOutput().clear();
                for (OutputTag<?> tag : sideOutputs) {
                    if (harness.getSideOutput(tag) != null) {
                        harness.getSideOutput(tag).clear();
                    }
                }
            }
            long used = usedBytes() - usedBefore;
            long estimated = HeapRoom.used() - estimatedBefore;
            assertThat((double) estimated / used)
                    .as("%,d bytes of an agent, estimated as %,d", used / agents, estimated / agents)
                    .isBetween(0.7, 1.6);
        }
    }

    /** What earlier tests have left is gone after a while only, when its references were cleared. */
    private static long usedBytes() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
