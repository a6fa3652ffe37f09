package dev.agentpulse.job.feedback;

import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.feedback;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeedbackFeedFunctionTest {

    @Test
    void newRowIsNewFeedback() {
        List<ChannelMessage> messages = said(null, feedback("f", null, START, "tone"), ReadPhase.STREAM);

        assertThat(messages).extracting(ChannelMessage::event).containsExactly("new_feedback");
        assertThat(messages.get(0).payloadJson()).isEqualTo("""
                {"event":"new_feedback","id":"f","conversation_id":"c-f","safe_to_send":null,"labels":["tone"],\
                "annotator":"dana","created_at":"2023-11-14T22:13:20Z"}""");
    }

    @Test
    void changedRowIsAnAnnotationAndOneWithTheSameValuesIsNothing() {
        assertThat(said(feedback("f", null, START), feedback("f", true, START), ReadPhase.STREAM))
                .extracting(ChannelMessage::event)
                .containsExactly("annotation");
        assertThat(said(feedback("f", true, START, "a"), feedback("f", true, START, "a"), ReadPhase.STREAM))
                .isEmpty();
    }

    @Test
    void rowThatIsOrBecomesUnsafeSaysSoOnceUnderAKeyOfItsOwn() {
        List<ChannelMessage> messages = said(null, feedback("f", false, START), ReadPhase.STREAM);
        assertThat(messages).extracting(ChannelMessage::event).containsExactly("new_feedback", "unsafe_response");
        assertThat(messages).extracting(ChannelMessage::eventKey).doesNotHaveDuplicates();

        assertThat(said(feedback("f", true, START), feedback("f", false, START), ReadPhase.STREAM))
                .extracting(ChannelMessage::event)
                .containsExactly("annotation", "unsafe_response");
        assertThat(said(feedback("f", false, START), feedback("f", false, START, "tone"), ReadPhase.STREAM))
                .extracting(ChannelMessage::event)
                .containsExactly("annotation");
    }

    @Test
    void deletesSayNothing() {
        assertThat(said(feedback("f", false, START), null, ReadPhase.STREAM)).isEmpty();
    }

    private static List<ChannelMessage> said(
            @Nullable FeedbackRow before, @Nullable FeedbackRow after, ReadPhase phase) {
        List<TickRecord> records = new ArrayList<>();
        new FeedbackFeedFunction()
                .flatMap(Change.ofFeedback(before, after, null).at(phase, at(START, 1)), new ListCollector<>(records));
        return records.stream()
                .map(record -> Objects.requireNonNull(record.message()))
                .toList();
    }
}
