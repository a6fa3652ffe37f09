package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.ApprovalActivityRow;
import dev.agentpulse.job.model.ApprovalChange;
import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickOperator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The queue and the activity of approvals, on both kinds of state backends, against a table that is counted afresh. */
class ApprovalQueueLogicTest {

    private static final JobConfig CONFIG = SampleConfig.of();

    private final Map<String, ApprovalImage> table = new TreeMap<>();
    private final List<TickRecord> emitted = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"1, true", "2, true", "3, true", "4, false", "5, false"})
    void rowsEqualARecalculationAfterEveryTick(long seed, boolean rocksDb) throws Exception {
        Random random = new Random(seed);
        StateBackend backend = rocksDb ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend();
        KeyedOneInputStreamOperatorTestHarness<String, ApprovalChange, TickRecord> harness = open(backend, null);
        long time = START;
        for (int transaction = 0; transaction < 300; transaction++) {
            time += 1 + random.nextLong(20) * SECOND;
            for (int rows = random.nextInt(transaction % 50 == 0 ? 2_000 : 6); rows > 0; rows--) {
                ApprovalChange change = change(random, time);
                harness.processElement(new StreamRecord<>(change, time));
            }
            if (random.nextInt(20) == 0) {
                table.clear();
                harness.processElement(new StreamRecord<>(new ApprovalChange("all", time, true, null, null), time));
            }
            if (random.nextInt(15) == 0) {
                OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
                harness.close();
                harness = open(backend, checkpoint);
            }
            if (random.nextInt(3) > 0) {
                harness.processWatermark(new Watermark(time));
                emitted.addAll(harness.extractOutputValues());
                harness.getOutput().clear();
                assertStanding(time, seed);
            }
        }
        harness.close();
    }

    @Test
    void decidedQueueLeavesNoStateOnceItsWindowsAreEmpty() throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, ApprovalChange, TickRecord> harness =
                open(new HashMapStateBackend(), null);
        ApprovalImage pending = new ApprovalImage("a", "c", ApprovalStatus.PENDING, START, 0, null);
        ApprovalImage approved = new ApprovalImage("a", null, ApprovalStatus.APPROVED, START, START + SECOND, null);
        harness.processElement(new StreamRecord<>(new ApprovalChange("all", START, false, null, pending), START));
        harness.processWatermark(new Watermark(START));
        harness.processElement(new StreamRecord<>(
                new ApprovalChange("all", START + SECOND, false, pending, approved), START + SECOND));
        harness.processWatermark(new Watermark(START + 62 * MINUTE));
        harness.snapshot(1, 1);

        assertThat(harness.numKeyedStateEntries()).isZero();
        harness.close();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, ApprovalChange, TickRecord> open(
            StateBackend backend, @Nullable OperatorSubtaskState checkpoint) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, ApprovalChange, TickRecord> opened =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TickOperator<>(new ApprovalQueueLogic(CONFIG.windows(), CONFIG.alerts())),
                        ApprovalChange::key,
                        Types.STRING);
        opened.setStateBackend(backend);
        opened.setup();
        if (checkpoint != null) {
            opened.initializeState(checkpoint);
        }
        opened.open();
        return opened;
    }

    private ApprovalChange change(Random random, long now) {
        String id = "a" + random.nextInt(3_000);
        ApprovalImage before = table.remove(id);
        ApprovalImage after = before != null && random.nextInt(4) == 0 ? null : row(random, id, now);
        if (after != null) {
            table.put(id, after);
        }
        return new ApprovalChange("all", now, false, before, after);
    }

    private static ApprovalImage row(Random random, String id, long now) {
        // Few different times, so that many rows are the oldest; some lie ahead of time.
        long created = now - now % SECOND - (random.nextInt(12) - 1L) * 2 * MINUTE;
        if (random.nextInt(3) > 0) {
            return new ApprovalImage(id, "c-" + id, ApprovalStatus.PENDING, created, 0, null);
        }
        ApprovalStatus status = List.of(ApprovalStatus.APPROVED, ApprovalStatus.REJECTED, ApprovalStatus.EXPIRED)
                .get(random.nextInt(3));
        return new ApprovalImage(id, null, status, created, now - random.nextInt(90) * MINUTE, null);
    }

    private void assertStanding(long now, long seed) {
        ApprovalQueueRow queue = null;
        Map<String, ApprovalActivityRow> activity = new TreeMap<>();
        for (TickRecord record : emitted) {
            assertThat(record.unmatchedRetractions()).isNull();
            queue = record.queue() == null ? queue : record.queue();
            if (record.activity() != null) {
                activity.put(record.activity().window().name(), record.activity());
            }
        }
        if (queue == null) {
            assertThat(table).isEmpty();
            return;
        }
        assertQueue(queue, seed);
        for (ApprovalActivityRow row : activity.values()) {
            long size = row.window().name().equals("1m")
                    ? MINUTE
                    : row.window().name().equals("5m") ? 5 * MINUTE : 60 * MINUTE;
            long start = now - now % SECOND - size;
            ApprovalActivityRow.Figures figures = row.figures();
            assertThat(figures.requestedCount())
                    .as("requested in %s, seed %s", row.window(), seed)
                    .isEqualTo(count(each -> each.createdAtMicros() > start && each.createdAtMicros() <= now));
            assertThat(figures.approvedCount())
                    .as("approved in %s, seed %s", row.window(), seed)
                    .isEqualTo(count(each -> each.status() == ApprovalStatus.APPROVED
                            && each.decidedAtMicros() > start
                            && each.decidedAtMicros() <= now));
        }
    }

    /** The standing row is exact as of its own time. */
    private void assertQueue(ApprovalQueueRow queue, long seed) {
        long asOf = queue.asOfMicros();
        List<ApprovalImage> pending = table.values().stream()
                .filter(row -> row.isPending() && row.createdAtMicros() <= asOf)
                .sorted(Comparator.comparingLong(ApprovalImage::createdAtMicros).thenComparing(ApprovalImage::id))
                .toList();
        ApprovalQueueRow.Figures figures = queue.figures();
        assertThat(figures.pendingCount()).as("seed %s", seed).isEqualTo(pending.size());
        assertThat(figures.slaBreachCount())
                .isEqualTo(count(row -> row.isPending() && asOf - row.createdAtMicros() >= 5 * MINUTE));
        assertThat(figures.pendingOver15m())
                .isEqualTo(count(row -> row.isPending() && asOf - row.createdAtMicros() >= 15 * MINUTE));
        assertThat(figures.pendingUnder1m())
                .isEqualTo(pending.stream()
                        .filter(row -> asOf - row.createdAtMicros() < MINUTE)
                        .count());
        assertThat(figures.oldestPendingId())
                .as("seed %s", seed)
                .isEqualTo(pending.isEmpty() ? null : pending.get(0).id());
        assertThat(figures.oldestPendingConversationId())
                .isEqualTo(pending.isEmpty() ? null : "c-" + pending.get(0).id());
    }

    private long count(Predicate<ApprovalImage> condition) {
        return table.values().stream().filter(condition).count();
    }
}
