package dev.agentpulse.job.alert;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.TickRecord;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Critical after five minutes, resolved after ten calm seconds: the defaults. */
class AgentDegradedFunctionTest {

    private KeyedOneInputStreamOperatorTestHarness<String, HealthChange, TickRecord> harness;

    @BeforeEach
    void start() throws Exception {
        harness = open(null);
    }

    @AfterEach
    void stop() throws Exception {
        harness.close();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, HealthChange, TickRecord> open(
            @Nullable OperatorSubtaskState checkpoint) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, HealthChange, TickRecord> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(
                                new AgentDegradedFunction(SampleConfig.of().alerts())),
                        HealthChange::agent,
                        Types.STRING);
        harness.setup();
        if (checkpoint != null) {
            harness.initializeState(checkpoint);
        }
        harness.open();
        return harness;
    }

    @Test
    void opensAsAWarningAndResolvesAfterTenCalmSeconds() throws Exception {
        alarming(START);
        tick(START + SECOND);
        assertThat(steps()).containsExactly("OPEN WARNING +0s");
        healthy(START + 2 * SECOND);
        tick(START + 12 * SECOND - 1);
        assertThat(steps()).hasSize(1);
        tick(START + 12 * SECOND);

        assertThat(steps()).containsExactly("OPEN WARNING +0s", "RESOLVE WARNING +12s");
        assertThat(events()).containsExactly("agent_degraded", "agent_recovered");
        assertThat(ids()).containsOnly("agent_degraded:sales:" + START);
        assertThat(harness.numKeyedStateEntries()).isZero();
        tick(START + 60 * MINUTE);
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void messagesCarryTheLatencyOfTheirMoment() throws Exception {
        alarming(START);
        healthy(START + SECOND);
        degradedButFew(START + 2 * SECOND);
        healthy(START + 3 * SECOND);
        tick(START + MINUTE);

        assertThat(latencies()).containsExactly("agent_degraded 300.00", "agent_recovered 10.00");
    }

    @Test
    void anAgentWithoutAQueryRecoversWithoutALatency() throws Exception {
        alarming(START);
        harness.processElement(new StreamRecord<>(new HealthChange("sales", START + SECOND, false, false, null, 0)));
        tick(START + MINUTE);

        assertThat(latencies()).containsExactly("agent_degraded 300.00", "agent_recovered null");
    }

    @Test
    void degradedWithTooFewQueriesOpensNothing() throws Exception {
        degradedButFew(START);
        tick(START + 10 * MINUTE);

        assertThat(steps()).isEmpty();
    }

    @Test
    void turnsCriticalAfterFiveMinutes() throws Exception {
        alarming(START);
        tick(START + 5 * MINUTE - 1);
        assertThat(steps()).hasSize(1);
        tick(START + 5 * MINUTE + SECOND / 2);

        assertThat(steps()).containsExactly("OPEN WARNING +0s", "ESCALATE CRITICAL +300s");
        assertThat(events()).containsExactly("agent_degraded", "agent_degraded");
    }

    @Test
    void shortCalmDoesNotResolve() throws Exception {
        alarming(START);
        healthy(START + 20 * SECOND);
        degradedButFew(START + 29 * SECOND);
        tick(START + 2 * MINUTE);
        assertThat(steps()).containsExactly("OPEN WARNING +0s");

        healthy(START + 3 * MINUTE);
        tick(START + 4 * MINUTE);
        assertThat(steps()).containsExactly("OPEN WARNING +0s", "RESOLVE WARNING +190s");
    }

    @Test
    void degradedAgainAtTheVeryEndOfTheCalmDoesNotResolve() throws Exception {
        alarming(START);
        healthy(START + SECOND);
        alarming(START + 11 * SECOND);
        tick(START + MINUTE);

        assertThat(steps()).containsExactly("OPEN WARNING +0s");
    }

    @Test
    void everythingHappensAtItsOwnTimeThoughOneTickSeesItAll() throws Exception {
        alarming(START);
        healthy(START + 6 * MINUTE);
        alarming(START + 7 * MINUTE);
        healthy(START + 8 * MINUTE);
        tick(START + 30 * MINUTE);

        assertThat(steps())
                .containsExactly(
                        "OPEN WARNING +0s",
                        "ESCALATE CRITICAL +300s",
                        "RESOLVE CRITICAL +370s",
                        "OPEN WARNING +420s",
                        "RESOLVE WARNING +490s");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void sameAlertsHoweverTimeIsCutAndWhereverItRestarts(long seed) throws Exception {
        Random random = new Random(seed);
        List<HealthChange> history = new ArrayList<>();
        long time = START;
        for (int i = 0; i < 30; i++) {
            time += (1 + random.nextInt(12)) * SECOND * (random.nextInt(6) == 0 ? 30 : 1);
            history.add(
                    switch (random.nextInt(3)) {
                        case 0 -> health(time, true, true);
                        case 1 -> health(time, true, false);
                        default -> health(time, false, false);
                    });
        }
        long end = time + 20 * MINUTE;
        for (HealthChange change : history) {
            harness.processElement(new StreamRecord<>(change));
        }
        tick(end);
        List<TickRecord> inOneTick = harness.extractOutputValues();
        assertThat(steps()).as("seed %s", seed).isNotEmpty();

        List<TickRecord> said = new ArrayList<>();
        KeyedOneInputStreamOperatorTestHarness<String, HealthChange, TickRecord> cut = open(null);
        long asOf = START;
        for (HealthChange change : history) {
            while (asOf + 3 * SECOND < change.timeMicros() && random.nextInt(3) > 0) {
                asOf += (1 + random.nextInt(3)) * SECOND;
                cut.processWatermark(new Watermark(asOf));
            }
            cut.processElement(new StreamRecord<>(change));
            if (random.nextInt(5) == 0) {
                said.addAll(cut.extractOutputValues());
                OperatorSubtaskState checkpoint = cut.snapshot(1, 1);
                cut.close();
                cut = open(checkpoint);
            }
        }
        cut.processWatermark(new Watermark(end));
        said.addAll(cut.extractOutputValues());
        cut.close();

        assertThat(said).as("seed %s", seed).isEqualTo(inOneTick);
    }

    private void alarming(long time) throws Exception {
        harness.processElement(new StreamRecord<>(health(time, true, true)));
    }

    private void degradedButFew(long time) throws Exception {
        harness.processElement(new StreamRecord<>(health(time, true, false)));
    }

    private void healthy(long time) throws Exception {
        harness.processElement(new StreamRecord<>(health(time, false, false)));
    }

    private static HealthChange health(long time, boolean degraded, boolean alarming) {
        return new HealthChange("sales", time, degraded, alarming, new BigDecimal(degraded ? "300.00" : "10.00"), 5);
    }

    private void tick(long asOfMicros) throws Exception {
        harness.processWatermark(new Watermark(asOfMicros));
    }

    private List<AlertChange> alerts() {
        return harness.extractOutputValues().stream()
                .filter(record -> record.kind() == TickRecord.Kind.ALERT)
                .map(record -> Objects.requireNonNull(record.alert()))
                .toList();
    }

    private List<String> steps() {
        return alerts().stream()
                .map(alert ->
                        alert.step() + " " + alert.severity() + " +" + (alert.timeMicros() - START) / SECOND + "s")
                .toList();
    }

    private List<String> ids() {
        return alerts().stream().map(AlertChange::alertId).toList();
    }

    private List<String> latencies() {
        return harness.extractOutputValues().stream()
                .filter(record -> record.kind() == TickRecord.Kind.MESSAGE)
                .map(record -> Objects.requireNonNull(record.message()))
                .map(message ->
                        message.event() + " " + message.payloadJson().replaceFirst(".*\"latency_ms\":([^,]*),.*", "$1"))
                .toList();
    }

    private List<String> events() {
        return harness.extractOutputValues().stream()
                .filter(record -> record.kind() == TickRecord.Kind.MESSAGE)
                .map(record -> Objects.requireNonNull(record.message()).event())
                .toList();
    }
}
