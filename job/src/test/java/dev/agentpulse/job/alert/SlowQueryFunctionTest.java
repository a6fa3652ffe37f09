package dev.agentpulse.job.alert;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.TickRecord;
import java.util.List;
import java.util.Objects;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slow above 200 ms, warning above 300, critical above 500, ten an agent and second: the defaults. */
class SlowQueryFunctionTest {

    private OneInputStreamOperatorTestHarness<Change, TickRecord> harness;
    private int ordinal;

    @BeforeEach
    void start() throws Exception {
        open(null);
    }

    private void open(@Nullable OperatorSubtaskState checkpoint) throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new SlowQueryFunction(SampleConfig.of().alerts())));
        harness.setup();
        if (checkpoint != null) {
            harness.initializeState(checkpoint);
        }
        harness.open();
    }

    @AfterEach
    void stop() throws Exception {
        harness.close();
    }

    @Test
    void severityFollowsTheLatency() throws Exception {
        for (Integer latency : new Integer[] {200, 201, 300, 301, 500, 501}) {
            send(null, query("q" + latency, "sales", latency, START), START);
        }
        send(null, query("none", "sales", null, START), START);

        assertThat(alerts())
                .extracting(alert -> alert.subject() + " " + alert.severity())
                .containsExactly("q201 INFO", "q300 INFO", "q301 WARNING", "q500 WARNING", "q501 CRITICAL");
        assertThat(alerts()).extracting(AlertChange::step).containsOnly(AlertChange.Step.POINT);
        assertThat(messages()).hasSize(5);
    }

    @Test
    void queryThatBecomesSlowCountsAndOneThatWasSlowAlreadyDoesNot() throws Exception {
        send(query("a", "sales", 100, START), query("a", "sales", 250, START), START);
        send(query("a", "sales", 250, START), query("a", "sales", 900, START), START);
        send(query("b", "sales", null, START), query("b", "sales", 250, START), START);
        send(query("b", "sales", 250, START), null, START);

        assertThat(alerts()).extracting(AlertChange::subject).containsExactly("a", "b");
    }

    @Test
    void restOfASecondIsCountedAndReportedByTheNextAlertOfTheAgent() throws Exception {
        for (int i = 0; i < 15; i++) {
            send(null, query("a" + i, "sales", 250, START), START + i);
        }
        send(null, query("other", "legal", 250, START), START + 20);
        send(null, query("next", "sales", 250, START), START + 3 * SECOND);
        send(null, query("last", "sales", 250, START), START + 3 * SECOND);

        assertThat(alerts()).hasSize(13);
        assertThat(alerts().get(10).subject()).isEqualTo("other");
        assertThat(alerts().get(10).detailsJson()).doesNotContain("suppressed");
        assertThat(alerts().get(11).detailsJson()).contains("\"suppressed\":5");
        assertThat(alerts().get(12).detailsJson()).doesNotContain("suppressed");
    }

    @Test
    void restartInTheMiddleOfASecondForgetsNeitherQuotaNorCount() throws Exception {
        for (int i = 0; i < 12; i++) {
            send(null, query("a" + i, "sales", 250, START), START + i);
        }
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        harness.close();
        open(checkpoint);
        send(null, query("same", "sales", 250, START), START + 20);
        send(null, query("next", "sales", 250, START), START + SECOND);

        assertThat(alerts()).extracting(AlertChange::subject).containsExactly("next");
        assertThat(alerts().get(0).detailsJson()).contains("\"suppressed\":3");
    }

    @Test
    void whatWasSuppressedIsForgottenAfterADay() throws Exception {
        for (String agent : List.of("returns", "stays-away")) {
            for (int i = 0; i < 12; i++) {
                send(null, query(agent + i, agent, 250, START), START + i);
            }
        }
        long dayLater = START + 24 * 60 * MINUTE;
        send(null, query("b", "returns", 250, START), dayLater - SECOND);
        send(null, query("c", "other", 250, START), dayLater + 2 * SECOND);
        send(null, query("d", "stays-away", 250, START), dayLater + 3 * SECOND);

        assertThat(alerts()).hasSize(23);
        assertThat(alerts().get(20).detailsJson()).contains("\"suppressed\":2");
        assertThat(alerts().get(22).detailsJson()).doesNotContain("suppressed");
    }

    private void send(@Nullable QueryRow before, @Nullable QueryRow after, long timeMicros) throws Exception {
        ordinal++;
        harness.processElement(
                new StreamRecord<>(Change.ofQuery(before, after, null).at(ReadPhase.STREAM, at(timeMicros, ordinal))));
    }

    private List<AlertChange> alerts() {
        return harness.extractOutputValues().stream()
                .filter(record -> record.kind() == TickRecord.Kind.ALERT)
                .map(record -> Objects.requireNonNull(record.alert()))
                .toList();
    }

    private List<TickRecord> messages() {
        return harness.extractOutputValues().stream()
                .filter(record -> record.kind() == TickRecord.Kind.MESSAGE)
                .toList();
    }
}
