package dev.agentpulse.job.outlook;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.SmallHeap;
import dev.agentpulse.job.tick.TickOperator;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.sql.SQLException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** Puts changes of one agent into the operator, restarts it, and keeps the last row of each kind. */
final class OutlookDriver implements AutoCloseable {

    static final String AGENT = "sales";

    /** All that history has something of. */
    static final Set<String> AGENTS =
            IntStream.range(0, 25).mapToObj(i -> i == 0 ? AGENT : "agent-" + i).collect(Collectors.toUnmodifiableSet());

    /** What the forecast of each agent rests on. */
    final Map<String, String> basis = new HashMap<>();

    final Map<OutlookRow.Kind, OutlookRow> last = new EnumMap<>(OutlookRow.Kind.class);

    final List<AlertChange> alerts = new ArrayList<>();
    final List<ChannelMessage> messages = new ArrayList<>();

    /** How many rows were emitted. */
    int rows;

    private final long heapBytes;
    private final PastSlots past;
    private ZoneId zone = ZoneOffset.UTC;
    private KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> harness;
    private long checkpoint;

    /** Whether history is still being read; one for all, because an operator that is restarted asks a copy. */
    static final AtomicBoolean READING = new AtomicBoolean();

    /** Whether history cannot be read at the moment; likewise one for all. */
    static final AtomicBoolean LOCKED = new AtomicBoolean();

    /** A past that is the same for whoever asks. */
    private static final class Given extends NoPast {
        private static final long serialVersionUID = 1L;
        private final Slot[] slots;

        Given(Slot[] slots) {
            this.slots = slots.clone();
        }

        @Override
        public @Nullable Set<String> keys() {
            return READING.get() ? null : slots.length == 0 ? Set.of() : AGENTS;
        }

        @Override
        public List<Slot> read(String agent, long untilMicros) throws SQLException {
            if (LOCKED.get()) {
                throw new SQLException("somebody holds the table", "55P03");
            }
            return Stream.of(slots)
                    .filter(slot -> slot.number * 900_000_000L < untilMicros)
                    .toList();
        }
    }

    OutlookDriver(PastSlots.Slot... slots) throws Exception {
        this(Long.MAX_VALUE, slots);
    }

    /** @param heapBytes what agents may take of the heap */
    OutlookDriver(long heapBytes, PastSlots.Slot... slots) throws Exception {
        this.heapBytes = heapBytes;
        past = new Given(slots);
        harness = newHarness();
        harness.open();
    }

    private KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> newHarness() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new TickOperator<>(new SmallHeap<>(
                        new OutlookLogic(
                                SampleConfig.of().history(),
                                SampleConfig.of().alerts().slaThresholdMicros(),
                                zone,
                                past),
                        heapBytes)),
                HistoryChange::key,
                Types.STRING);
    }

    void change(long timeMicros, @Nullable QueryEvent before, @Nullable QueryEvent after) throws Exception {
        change(timeMicros, false, false, before, after);
    }

    void change(
            long timeMicros,
            boolean snapshot,
            boolean truncate,
            @Nullable QueryEvent before,
            @Nullable QueryEvent after)
            throws Exception {
        change(AGENT, timeMicros, snapshot, truncate, before, after);
    }

    void change(
            String agent,
            long timeMicros,
            boolean snapshot,
            boolean truncate,
            @Nullable QueryEvent before,
            @Nullable QueryEvent after)
            throws Exception {
        harness.processElement(new StreamRecord<>(
                new HistoryChange(
                        HistoryTable.AGENTS,
                        agent,
                        timeMicros,
                        1,
                        0,
                        snapshot,
                        truncate,
                        !truncate && after == null,
                        before,
                        after,
                        null,
                        null,
                        null,
                        null),
                timeMicros));
    }

    void tick(long asOfMicros) throws Exception {
        harness.processWatermark(new Watermark(asOfMicros));
        for (TickRecord record : harness.extractOutputValues()) {
            OutlookRow row = record.outlook();
            if (row != null) {
                rows++;
                last.put(row.kind(), row);
                if (row.kind() == OutlookRow.Kind.QUERY_COUNT && row.forecast() != null) {
                    basis.put(row.subject(), row.forecast().basis());
                }
            }
            if (record.alert() != null) {
                alerts.add(record.alert());
            }
            if (record.message() != null) {
                messages.add(record.message());
            }
        }
        harness.getOutput().clear();
    }

    void restart() throws Exception {
        checkpoint++;
        var state = harness.snapshot(checkpoint, checkpoint);
        harness.close();
        harness = newHarness();
        harness.initializeState(state);
        harness.open();
    }

    /** Goes on by the clocks of a zone. */
    void restart(ZoneId anotherZone) throws Exception {
        zone = anotherZone;
        restart();
    }

    int stateEntries() throws Exception {
        checkpoint++;
        harness.snapshot(checkpoint, checkpoint);
        return harness.numKeyedStateEntries();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
