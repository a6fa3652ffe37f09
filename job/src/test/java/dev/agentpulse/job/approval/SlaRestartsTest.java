package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jobs that are lost at any moment, also while they catch up, and go on from their newest checkpoint: what the writer, which
 * leaves out ticks that were written before, makes of all their ticks. The log goes on while no job is there.
 */
class SlaRestartsTest {

    private static final int TRANSACTIONS = 60;
    private static final int IDS = 6;
    private static final long END = START + 10_000 * MINUTE;

    private final List<List<SlaChange>> log = new ArrayList<>();
    private final Map<String, AlertChange.Step> alerts = new LinkedHashMap<>();
    private final Set<String> messages = new HashSet<>();
    private final Set<String> leftOut = new HashSet<>();
    private long writtenMicros = Long.MIN_VALUE;

    /** Where a job goes on: behind so many transactions. */
    private record Checkpoint(@Nullable OperatorSubtaskState state, int position, long timeMicros) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatIsWrittenIsRightHoweverOftenTheJobIsLost(long seed) throws Exception {
        Random random = new Random(seed);
        draw(random);
        Checkpoint checkpoint = new Checkpoint(null, 0, START);
        int most = 0;
        while (most < TRANSACTIONS) {
            most = Math.max(most, checkpoint.position() + random.nextInt(12));
            // Transactions that were committed before the job is back.
            int end = Math.min(TRANSACTIONS, most + random.nextInt(6));
            int lost = Math.min(TRANSACTIONS, checkpoint.position() + random.nextInt(20));
            checkpoint = run(random, checkpoint, end, lost);
            most = Math.max(Math.max(most, lost), end);
        }
        run(random, checkpoint, TRANSACTIONS, TRANSACTIONS + 1);

        assertThat(openSubjects()).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(overdue());
        alerts.forEach((id, step) -> {
            assertThat(messages).contains("sla_breach:" + id);
            assertThat(messages.contains("sla_resolved:" + id)).as(id).isEqualTo(step == AlertChange.Step.RESOLVE);
        });
        assertThat(messages.stream().filter(key -> key.startsWith("sla_resolved")))
                .as("an end of what was no alert")
                .allMatch(key -> alerts.containsKey(key.substring("sla_resolved:".length())));
        assertThat(leftOut)
                .as("seed %s: breaches that were held back for good", seed)
                .isNotEmpty();
        assertThat(alerts.keySet()).doesNotContainAnyElementsOf(leftOut);
    }

    /**
     * Runs a job until it is lost.
     *
     * @param end behind so many transactions its backlog ends
     * @param lost behind so many it is lost; beyond all of them it runs to the end
     * @return its newest checkpoint
     */
    private Checkpoint run(Random random, Checkpoint from, int end, int lost) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, SlaChange, TickRecord> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new SlaOperator(SampleConfig.of().alerts()), SlaChange::key, Types.STRING);
        harness.setup();
        if (from.state() != null) {
            harness.initializeState(from.state());
        }
        harness.open();
        Checkpoint newest = from;
        long time = from.timeMicros();
        for (int position = from.position(); position < Math.min(lost, TRANSACTIONS); position++) {
            long commit = log.get(position).get(0).timeMicros();
            while (position >= end && random.nextBoolean() && time + MINUTE < commit) {
                time += MINUTE;
                tick(harness, time);
            }
            if (position == end) {
                harness.processElement(new StreamRecord<>(SlaChange.caughtUp("any", time), time));
            }
            time = commit;
            for (SlaChange change : log.get(position)) {
                harness.processElement(new StreamRecord<>(change, time));
            }
            if (random.nextInt(3) > 0) {
                tick(harness, time);
                if (random.nextInt(4) == 0) {
                    newest = new Checkpoint(harness.snapshot(position, position), position + 1, time);
                }
            }
        }
        if (lost > TRANSACTIONS) {
            harness.processElement(new StreamRecord<>(SlaChange.caughtUp("any", time), time));
            tick(harness, time + 1);
            tick(harness, END);
        }
        harness.close();
        return newest;
    }

    /** As the tick writer does it. */
    private void tick(KeyedOneInputStreamOperatorTestHarness<String, SlaChange, TickRecord> harness, long asOfMicros)
            throws Exception {
        harness.processWatermark(new Watermark(asOfMicros));
        List<TickRecord> records = harness.extractOutputValues();
        harness.getOutput().clear();
        if (asOfMicros <= writtenMicros) {
            return;
        }
        writtenMicros = asOfMicros;
        for (TickRecord record : records) {
            AlertChange alert = record.alert();
            if (alert == null) {
                continue;
            }
            if (alert.step() == AlertChange.Step.OPEN) {
                alerts.putIfAbsent(alert.alertId(), AlertChange.Step.OPEN);
                assertThat(leftOut).as("held back for good, and opened").doesNotContain(alert.alertId());
            } else if (!alerts.containsKey(alert.alertId())) {
                leftOut.add(alert.alertId());
            } else if (alerts.get(alert.alertId()) != AlertChange.Step.RESOLVE) {
                alerts.put(alert.alertId(), alert.step());
            }
        }
        for (TickRecord record : records) {
            ChannelMessage message = record.message();
            if (message != null
                    && (!message.event().equals(ChannelMessage.SLA_RESOLVED)
                            || alerts.containsKey(
                                    message.eventKey().substring(ChannelMessage.SLA_RESOLVED.length() + 1)))) {
                messages.add(message.eventKey());
            }
        }
    }

    private void draw(Random random) {
        long time = START;
        for (int transaction = 0; transaction < TRANSACTIONS; transaction++) {
            time += SECOND + random.nextInt(6) * MINUTE;
            List<SlaChange> changes = new ArrayList<>();
            for (int n = 0; n <= random.nextInt(3); n++) {
                String id = "a" + random.nextInt(IDS);
                changes.add(
                        random.nextBoolean()
                                ? SlaChange.pending(pending(id, time - random.nextInt(4) * MINUTE), time, false)
                                : SlaChange.over(id, time, false));
            }
            log.add(changes);
        }
    }

    private List<String> openSubjects() {
        return alerts.entrySet().stream()
                .filter(alert -> alert.getValue() != AlertChange.Step.RESOLVE)
                .map(alert -> alert.getKey().split(":", -1)[1])
                .toList();
    }

    /** Those that are pending at the end of the log. */
    private Set<String> overdue() {
        Map<String, SlaChange> last = new LinkedHashMap<>();
        log.forEach(changes -> changes.forEach(change -> last.put(change.id(), change)));
        return last.values().stream()
                .filter(SlaChange::pending)
                .map(SlaChange::id)
                .collect(Collectors.toSet());
    }
}
