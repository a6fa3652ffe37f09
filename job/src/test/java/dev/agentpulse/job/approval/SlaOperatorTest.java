package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Breach at five minutes, warning at ten, critical at fifteen: the defaults. On the state backend of production. */
class SlaOperatorTest {

    private static final long DEADLINE = START + 5 * MINUTE;

    private KeyedOneInputStreamOperatorTestHarness<String, SlaChange, TickRecord> harness;
    private final List<TickRecord> emitted = new ArrayList<>();
    private long lastTickMicros = Long.MIN_VALUE;

    @BeforeEach
    void start() throws Exception {
        harness = open(null);
        caughtUp();
    }

    @AfterEach
    void stop() throws Exception {
        harness.close();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, SlaChange, TickRecord> open(
            @Nullable OperatorSubtaskState checkpoint, String... options) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, SlaChange, TickRecord> opened =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new SlaOperator(SampleConfig.of(options).alerts()), SlaChange::key, Types.STRING);
        opened.setStateBackend(new EmbeddedRocksDBStateBackend());
        opened.setup();
        if (checkpoint != null) {
            opened.initializeState(checkpoint);
        }
        opened.open();
        return opened;
    }

    @Test
    void breachEscalatesAndEndsEachAtItsOwnTime() throws Exception {
        insert("a", START);
        tick(START);
        tick(START + 20 * MINUTE);
        assertThat(steps()).containsExactly("OPEN a", "ESCALATE a", "ESCALATE a");
        over("a", START + 21 * MINUTE);
        assertThat(steps()).hasSize(3);
        tick(START + 21 * MINUTE);

        assertThat(steps()).containsExactly("OPEN a", "ESCALATE a", "ESCALATE a", "RESOLVE a");
        assertThat(keysWithState()).isZero();
    }

    @Test
    void decisionInTimeLeavesNothingAtOnce() throws Exception {
        insert("a", START);
        tick(START);
        over("a", START + MINUTE);
        harness.processWatermark(new Watermark(START + 60 * MINUTE));

        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(keysWithState()).isZero();
    }

    @Test
    void truncateEndsEveryBreachAlsoAfterARestart() throws Exception {
        insert("a", START);
        insert("b", START);
        insert("young", START + 4 * MINUTE);
        tick(DEADLINE);
        restart();
        harness.processElement(
                new StreamRecord<>(SlaChange.truncate("truncate-0", DEADLINE + SECOND, false), DEADLINE + SECOND));
        insert("new", DEADLINE + SECOND);
        tick(DEADLINE + SECOND);

        assertThat(steps()).containsExactlyInAnyOrder("OPEN a", "OPEN b", "RESOLVE a", "RESOLVE b");
        over("new", DEADLINE + 2 * SECOND);
        tick(DEADLINE + 60 * MINUTE);
        assertThat(steps()).hasSize(4);
        assertThat(keysWithState()).isZero();
    }

    @Test
    void shorterThresholdHoldsAtOnceForWhatIsPending() throws Exception {
        insert("old", START);
        insert("young", START + 3 * MINUTE);
        tick(START + 4 * MINUTE);
        restart("agentpulse.sla.threshold", "2 min");
        tick(START + 4 * MINUTE + SECOND);

        assertThat(steps()).containsExactly("OPEN old", "ESCALATE old");
        tick(START + 5 * MINUTE);
        assertThat(steps()).containsExactly("OPEN old", "ESCALATE old", "OPEN young");
        over("old", START + 6 * MINUTE);
        over("young", START + 6 * MINUTE);
        tick(START + 6 * MINUTE);
        assertThat(keysWithState()).isZero();
    }

    @Test
    void longerThresholdLeavesOpenAlertsOpen() throws Exception {
        insert("old", START);
        insert("young", START + 2 * MINUTE);
        tick(DEADLINE);
        restart("agentpulse.sla.threshold", "20 min");
        tick(START + 21 * MINUTE);

        assertThat(steps()).containsExactly("OPEN old");
        restart("agentpulse.sla.threshold", "20 min");
        tick(START + 22 * MINUTE);
        assertThat(steps()).containsExactly("OPEN old", "OPEN young");
    }

    @Test
    void whatWasDecidedWhileTheJobWasAwayNeverOpens() throws Exception {
        insert("decided", START);
        insert("pending", START);
        tick(START);
        restartBehind();
        tick(START + 6 * MINUTE);
        over("decided", START + 7 * MINUTE);
        insert("young", START + 7 * MINUTE);
        tick(START + 11 * MINUTE);
        assertThat(steps()).as("an end, in case a run before had opened it").containsExactly("RESOLVE decided");

        caughtUp();
        tick(START + 11 * MINUTE + SECOND);

        assertThat(steps()).containsExactly("RESOLVE decided", "OPEN pending", "ESCALATE pending");
        assertThat(alerts()).extracting(AlertChange::timeMicros).containsSubsequence(DEADLINE, START + 10 * MINUTE);
        tick(START + 12 * MINUTE);
        assertThat(steps()).last().isEqualTo("OPEN young");
    }

    @Test
    void whatIsHeldBackStaysSoOverAnotherRestart() throws Exception {
        insert("a", START);
        insert("b", START);
        tick(START);
        restartBehind();
        tick(START + 6 * MINUTE);
        restartBehind();
        tick(START + 7 * MINUTE);
        over("b", START + 8 * MINUTE);
        tick(START + 9 * MINUTE);
        assertThat(steps()).containsExactly("RESOLVE b");
        restart();
        tick(START + 9 * MINUTE + SECOND);

        assertThat(steps()).containsExactly("RESOLVE b", "OPEN a");
        over("a", START + 10 * MINUTE);
        tick(START + 10 * MINUTE);
        assertThat(keysWithState()).isZero();
    }

    @Test
    void whatIsDecidedBehindTheBacklogIsAnAlertAlsoBeforeTheNextTick() throws Exception {
        insert("a", START);
        tick(START);
        restartBehind();
        tick(START + 6 * MINUTE);
        caughtUp();
        over("a", START + 7 * MINUTE);
        tick(START + 8 * MINUTE);

        assertThat(steps()).containsExactly("OPEN a", "RESOLVE a");
    }

    @Test
    void decisionThatIsTakenBackAtOnceLeavesItHeldBack() throws Exception {
        insert("a", START);
        tick(START);
        restartBehind();
        tick(START + 6 * MINUTE);
        over("a", START + 7 * MINUTE);
        harness.processElement(new StreamRecord<>(
                SlaChange.pending(pending("a", START), START + 7 * MINUTE, false), START + 7 * MINUTE));
        tick(START + 7 * MINUTE);
        assertThat(steps()).isEmpty();
        caughtUp();
        tick(START + 8 * MINUTE);

        assertThat(steps()).containsExactly("OPEN a");
        assertThat(alerts()).extracting(AlertChange::timeMicros).containsExactly(DEADLINE);
    }

    @Test
    void theEndOfTheInputBreachesNothing() throws Exception {
        insert("a", START);
        tick(START);
        harness.processWatermark(Watermark.MAX_WATERMARK);

        assertThat(harness.extractOutputValues()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void sameAlertsAndMessagesHoweverTimeIsCutAndWhereverItRestarts(long seed) throws Exception {
        List<SlaChange> history = history(new Random(seed));
        long end = history.get(history.size() - 1).timeMicros() + 60 * MINUTE;
        for (SlaChange change : history) {
            harness.processElement(new StreamRecord<>(change, change.timeMicros()));
        }
        tick(end);
        List<TickRecord> inOneTick = List.copyOf(emitted);
        assertThat(inOneTick).as("seed %s", seed).isNotEmpty();

        emitted.clear();
        lastTickMicros = Long.MIN_VALUE;
        harness.close();
        start();
        Random random = new Random(seed);
        for (int i = 0; i < history.size(); i++) {
            SlaChange change = history.get(i);
            harness.processElement(new StreamRecord<>(change, change.timeMicros()));
            if (random.nextInt(6) == 0) {
                restart();
            }
            boolean complete = i == history.size() - 1 || history.get(i + 1).timeMicros() > change.timeMicros();
            if (complete && random.nextInt(3) == 0) {
                tick(change.timeMicros());
            }
        }
        tick(end);

        assertThat(emitted).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(inOneTick);
    }

    /** Transactions of one to four changes of a few approvals, minutes apart. */
    private static List<SlaChange> history(Random random) {
        List<SlaChange> history = new ArrayList<>();
        long time = START;
        for (int transaction = 0; transaction < 40; transaction++) {
            time += 1 + random.nextInt(6) * MINUTE;
            for (int i = 0; i <= random.nextInt(4); i++) {
                String id = "a" + random.nextInt(5);
                long created = START + random.nextInt(60) * MINUTE;
                history.add(
                        random.nextInt(5) < 3
                                ? SlaChange.pending(pending(id, created), time, false)
                                : SlaChange.over(id, time, false));
            }
        }
        return history;
    }

    private void insert(String id, long time) throws Exception {
        harness.processElement(new StreamRecord<>(SlaChange.pending(pending(id, time), time, false), time));
    }

    private void over(String id, long time) throws Exception {
        harness.processElement(new StreamRecord<>(SlaChange.over(id, time, false), time));
    }

    /** Everything emitted since the last tick belongs to this one. */
    private void tick(long asOfMicros) throws Exception {
        harness.processWatermark(new Watermark(asOfMicros));
        take();
        lastTickMicros = asOfMicros;
    }

    private void take() {
        List<StreamRecord<? extends TickRecord>> records = harness.extractOutputStreamRecords();
        assertThat(records).allMatch(record -> record.getTimestamp() > lastTickMicros);
        records.forEach(record -> emitted.add(record.getValue()));
        harness.getOutput().clear();
    }

    private void restart(String... options) throws Exception {
        restartBehind(options);
        caughtUp();
    }

    /** Other transactions were committed meanwhile, which come now. */
    private void restartBehind(String... options) throws Exception {
        take();
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        harness.close();
        harness = open(checkpoint, options);
    }

    private void caughtUp() throws Exception {
        harness.processElement(new StreamRecord<>(SlaChange.caughtUp("truncate-0", START), START));
    }

    private long keysWithState() {
        try (Stream<Object> keys = ((AbstractStreamOperator<?>) harness.getOperator())
                .getKeyedStateBackend()
                .getKeys("sla", VoidNamespace.INSTANCE)) {
            return keys.count();
        }
    }

    private List<String> steps() {
        return alerts().stream()
                .map(alert -> alert.step() + " " + alert.subject())
                .toList();
    }

    private List<AlertChange> alerts() {
        return emitted.stream()
                .filter(record -> record.kind() == TickRecord.Kind.ALERT)
                .map(record -> Objects.requireNonNull(record.alert()))
                .toList();
    }
}
