package dev.agentpulse.job.tick;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TickOperatorTest {

    private static final int MAX_PARALLELISM = 8;
    private static final QueryEvent ROW = new QueryEvent(0, 1, null, false);

    private CountingLogic logic = new CountingLogic();
    private KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> harness;

    @BeforeEach
    void start() throws Exception {
        harness = open(null, 1, 0);
    }

    @AfterEach
    void stop() throws Exception {
        harness.close();
    }

    private KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> open(
            @Nullable OperatorSubtaskState checkpoint, int parallelism, int subtask) throws Exception {
        return open(checkpoint, parallelism, subtask, Long.MAX_VALUE);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> open(
            @Nullable OperatorSubtaskState checkpoint, int parallelism, int subtask, long keysOnHeap) throws Exception {
        logic = new CountingLogic();
        KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> opened =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TickOperator<>(new SmallHeap<>(logic, keysOnHeap)),
                        QueryChange::key,
                        Types.STRING,
                        MAX_PARALLELISM,
                        parallelism,
                        subtask);
        opened.setup();
        if (checkpoint != null) {
            opened.initializeState(checkpoint);
        }
        opened.open();
        return opened;
    }

    @Test
    void emitsAtTheWatermarkWithItsTime() throws Exception {
        insert("a", 10);
        insert("a", 20);
        assertThat(harness.getOutput()).isEmpty();

        assertThat(tick(20)).containsExactly("a=2 at 20");
        assertThat(tick(30)).isEmpty();
    }

    @Test
    void keyIsTickedWhenItIsDueAndOnlyThen() throws Exception {
        insert("a", 10);
        tick(10);
        assertThat(tick(1009)).isEmpty();
        assertThat(tick(1010)).containsExactly("a=1 at 1010");
        assertThat(tick(5000)).containsExactly("a=1 at 5000");
        assertThat(harness.numEventTimeTimers()).isEqualTo(1);
    }

    @Test
    void keyThatChangesAllTheTimeHasOneTimer() throws Exception {
        for (int time = 10; time <= 3000; time += 10) {
            insert("a", time);
            assertThat(tick(time)).hasSize(1);
            assertThat(harness.numEventTimeTimers()).isEqualTo(1);
        }
    }

    @Test
    void keyThatHoldsNothingLeavesNeitherStateNorTimer() throws Exception {
        insert("a", 10);
        tick(10);
        harness.snapshot(1, 1);
        delete("a", 20);

        assertThat(tick(20)).containsExactly("a=0 at 20");
        assertThat(harness.numEventTimeTimers()).isZero();
        harness.snapshot(2, 2);
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void checkpointWritesOnlyTheKeysThatChanged() throws Exception {
        insert("a", 10);
        insert("b", 10);
        tick(10);
        harness.snapshot(1, 1);
        assertThat(stored()).containsExactlyInAnyOrder("a", "b");

        harness.snapshot(2, 2);
        assertThat(stored()).isEmpty();

        insert("b", 20);
        harness.snapshot(3, 3);
        assertThat(stored()).containsExactly("b");
    }

    @Test
    void changeAheadOfACheckpointIsInTheTickBehindIt() throws Exception {
        insert("a", 10);
        restart();

        assertThat(tick(10)).containsExactly("a=1 at 10");
        assertThat(tick(20)).isEmpty();
    }

    @Test
    void checkpointWithoutAFailureDoesNotTickAKeyTwice() throws Exception {
        insert("a", 10);
        harness.snapshot(1, 1);

        assertThat(tick(10)).containsExactly("a=1 at 10");
        assertThat(harness.numEventTimeTimers()).isEqualTo(1);
    }

    @Test
    void keyThatLostItsLastRowBeforeACheckpointIsTickedBehindIt() throws Exception {
        insert("a", 10);
        tick(10);
        delete("a", 20);
        restart();

        assertThat(tick(20)).containsExactly("a=0 at 20");
        assertThat(harness.numKeyedStateEntries()).isZero();
        // A timer from before the restart is left, and finds nothing.
        assertThat(tick(5000)).isEmpty();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void truncateReachesKeysOnTheHeapAndKeysInState() throws Exception {
        insert("a", 10);
        insert("b", 10);
        tick(10);
        restart();
        insert("b", 20);
        insert("c", 20);
        harness.processElement(new StreamRecord<>(new QueryChange("any", 30, true, null, null), 30));
        insert("c", 30);

        assertThat(tick(30)).containsExactlyInAnyOrder("a=0 at 30", "b=0 at 30", "c=1 at 30");
    }

    @Test
    void keysAndTheirDueTimesGoToTheirNewSubtasksWhenRescaled() throws Exception {
        List<String> keys = List.of("a", "b", "c", "d", "e", "f", "g", "h");
        for (String key : keys) {
            insert(key, 10);
        }
        tick(10);
        insert("a", 20);
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        List<String> early = new ArrayList<>();
        List<String> due = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState part = AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    checkpoint, MAX_PARALLELISM, 1, 2, subtask);
            KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> half = open(part, 2, subtask);
            half.processWatermark(new Watermark(20));
            early.addAll(emitted(half));
            half.processWatermark(new Watermark(1010));
            due.addAll(emitted(half));
            half.processWatermark(new Watermark(1020));
            due.addAll(emitted(half));
            half.close();
        }

        assertThat(early).containsExactly("a=2 at 20");
        assertThat(due).hasSize(8).contains("b=1 at 1010", "a=2 at 1020");
    }

    @Test
    void fewKeysOnTheHeapMakeNoDifference() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            List<List<String>> many = play(seed, Long.MAX_VALUE);
            List<List<String>> few = play(seed, 2);

            assertThat(few).as("seed %s", seed).isEqualTo(many);
        }
    }

    /** Random changes of ten keys with a tick behind some of them; gives what each tick emits. */
    private List<List<String>> play(int seed, long keysOnHeap) throws Exception {
        harness.close();
        harness = open(null, 1, 0, keysOnHeap);
        Random random = new Random(seed);
        Map<String, Integer> rows = new HashMap<>();
        List<List<String>> ticks = new ArrayList<>();
        long time = 0;
        for (int i = 0; i < 400; i++) {
            time += 1 + random.nextInt(300);
            String key = "key " + random.nextInt(10);
            if (random.nextInt(100) == 0) {
                rows.clear();
                harness.processElement(new StreamRecord<>(new QueryChange("any", time, true, null, null), time));
            } else if (rows.getOrDefault(key, 0) > 0 && random.nextInt(2) == 0) {
                rows.merge(key, -1, Integer::sum);
                delete(key, time);
            } else {
                rows.merge(key, 1, Integer::sum);
                insert(key, time);
            }
            assertThat(logic.onHeap).hasSizeLessThanOrEqualTo((int) Math.min(10, keysOnHeap));
            if (random.nextInt(20) == 0) {
                harness.snapshot(i, i);
            }
            if (random.nextInt(3) == 0) {
                ticks.add(tick(time).stream().sorted().toList());
                assertThat(logic.onHeap).hasSizeLessThanOrEqualTo((int) Math.min(10, keysOnHeap));
            }
        }
        assertThat(unmatched()).isEmpty();
        return ticks;
    }

    @Test
    void keyThatIsAwayComesBackWithAChangeWithItsTimeAndAfterARestart() throws Exception {
        harness.close();
        harness = open(null, 1, 0, 2);
        for (String key : List.of("a", "b", "c", "d")) {
            insert(key, 10);
        }
        assertThat(stored()).as("without a checkpoint").containsExactly("a", "b");
        assertThat(tick(10)).containsExactlyInAnyOrder("a=1 at 10", "b=1 at 10", "c=1 at 10", "d=1 at 10");
        insert("a", 20);
        assertThat(tick(20)).containsExactly("a=2 at 20");
        insert("b", 30);
        insert("c", 30);
        insert("d", 30);
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        harness.close();
        harness = open(checkpoint, 1, 0, 2);

        assertThat(tick(30)).containsExactlyInAnyOrder("b=2 at 30", "c=2 at 30", "d=2 at 30");
        assertThat(tick(1019)).as("what left with its due time comes with it").doesNotContain("a=2 at 1019");
        assertThat(tick(1020)).containsExactly("a=2 at 1020");
        delete("a", 1025);
        delete("a", 1025);
        assertThat(tick(1025)).contains("a=0 at 1025");
    }

    @Test
    void unmatchedRetractionsAreEmittedWithTheirTickAndGoAheadOfACheckpoint() throws Exception {
        insert("a", 10);
        delete("b", 10);
        delete("c", 10);
        harness.prepareSnapshotPreBarrier(1);
        assertThat(unmatched()).containsExactly("2 at 10");
        tick(10);
        delete("b", 20);
        harness.processWatermark(new Watermark(20));
        assertThat(unmatched()).containsExactly("1 at 20");
    }

    @Test
    void theEndOfTheInputIsNoTick() throws Exception {
        insert("a", 10);
        tick(10);
        insert("a", 20);
        harness.processWatermark(Watermark.MAX_WATERMARK);

        assertThat(emitted(harness)).isEmpty();
    }

    private void insert(String key, long time) throws Exception {
        harness.processElement(new StreamRecord<>(new QueryChange(key, time, false, null, ROW), time));
    }

    private void delete(String key, long time) throws Exception {
        harness.processElement(new StreamRecord<>(new QueryChange(key, time, false, ROW, null), time));
    }

    private List<String> tick(long asOf) throws Exception {
        harness.processWatermark(new Watermark(asOf));
        return emitted(harness);
    }

    private void restart() throws Exception {
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        harness.close();
        harness = open(checkpoint, 1, 0);
    }

    private List<String> stored() {
        List<String> stored = List.copyOf(logic.stored);
        logic.stored.clear();
        return stored;
    }

    private List<String> unmatched() {
        return harness.extractOutputStreamRecords().stream()
                .filter(record -> record.getValue().unmatchedRetractions() != null)
                .map(record -> record.getValue().unmatchedRetractions() + " at " + record.getTimestamp())
                .toList();
    }

    private static List<String> emitted(
            KeyedOneInputStreamOperatorTestHarness<String, QueryChange, TickRecord> harness) {
        List<String> rows = harness.extractOutputStreamRecords().stream()
                .filter(record -> record.getValue().health() != null)
                .map(record -> {
                    AgentHealthRow row =
                            Objects.requireNonNull(record.getValue().health());
                    return row.agent() + "=" + row.lastQueryAtMicros() + " at " + record.getTimestamp();
                })
                .toList();
        harness.getOutput().clear();
        return rows;
    }
}
