package dev.agentpulse.job.performance;

import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.Change;
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

/** Two messages a second. */
class QueryFeedFunctionTest {

    private OneInputStreamOperatorTestHarness<Change, TickRecord> harness;
    private int ordinal;

    @BeforeEach
    void start() throws Exception {
        open(null);
    }

    private void open(@Nullable OperatorSubtaskState checkpoint) throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new QueryFeedFunction(2)));
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
    void messageCarriesTheFieldsOfItsChannel() throws Exception {
        insert("a", START);

        assertThat(payloads()).containsExactly("""
                {"event":"new_query","id":"a","agent":"sales","latency_ms":10,"conversation_id":"c-a","query":"why?",\
                "created_at":"2023-11-14T22:13:20Z"}""");
    }

    @Test
    void firstOfEachSecondAreToldAndTheNextSaysHowManyWereLeftOut() throws Exception {
        for (int i = 0; i < 5; i++) {
            insert("a" + i, START + i);
        }
        insert("b", START + SECOND);
        insert("c", START + SECOND);

        assertThat(payloads()).hasSize(4);
        assertThat(payloads().get(1)).contains("\"a1\"").doesNotContain("suppressed");
        assertThat(payloads().get(2)).contains("\"b\"", "\"suppressed\":3");
        assertThat(payloads().get(3)).contains("\"c\"").doesNotContain("suppressed");
    }

    @Test
    void restartForgetsNeitherQuotaNorCount() throws Exception {
        for (int i = 0; i < 3; i++) {
            insert("a" + i, START);
        }
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        harness.close();
        open(checkpoint);
        insert("same", START);
        insert("next", START + SECOND);

        assertThat(payloads()).singleElement().asString().contains("\"next\"", "\"suppressed\":2");
    }

    @Test
    void updatesAndDeletesSayNothing() throws Exception {
        send(Change.ofQuery(query("a", "sales", 10, START), query("a", "ops", 20, START), null)
                .at(ReadPhase.STREAM, at(START, 3)));
        send(Change.ofQuery(query("a", "ops", 20, START), null, null).at(ReadPhase.STREAM, at(START, 4)));

        assertThat(payloads()).isEmpty();
    }

    private void insert(String id, long timeMicros) throws Exception {
        ordinal++;
        send(Change.ofQuery(null, query(id, "sales", 10, START), null).at(ReadPhase.STREAM, at(timeMicros, ordinal)));
    }

    private void send(Change change) throws Exception {
        harness.processElement(new StreamRecord<>(change));
    }

    private List<String> payloads() {
        return harness.extractOutputValues().stream()
                .map(record -> Objects.requireNonNull(record.message()).payloadJson())
                .toList();
    }
}
