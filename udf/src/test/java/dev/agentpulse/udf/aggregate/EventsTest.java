package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.udf.aggregate.ApprovalEvent.Kind;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class EventsTest {

    @Test
    void feedbackIsEqualByContent() {
        FeedbackEvent one = feedback("4.0", "tone", "fact");
        assertThat(one).isEqualTo(feedback("4", "tone", "fact")).hasSameHashCodeAs(feedback("4.00", "tone", "fact"));
        assertThat(one).isNotEqualTo(feedback("4", "fact", "tone")).isNotEqualTo(feedback("5", "tone", "fact"));
        assertThat(one.toString()).contains("[tone, fact]");
    }

    @Test
    void unusableValuesAreRefused() {
        assertThatThrownBy(() -> new QueryEvent(0, -1, null, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("latencyMs must not be negative but is -1");
        assertThatThrownBy(() -> new ApprovalEvent(0, Kind.REQUESTED, 5))
                .hasMessage("resolutionMicros of a request must be 0 but is 5");
    }

    @Test
    void encodedSlicesBeginWithAFormatVersionThatIsChecked() {
        assertThat(new QuerySlice().encode()[0]).isEqualTo((byte) 1);
        assertThatThrownBy(() -> FeedbackSlice.decode(new byte[] {9}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("format version of an encoded slice must be 1 but is 9");
        assertThatThrownBy(() -> ApprovalSlice.decode(new byte[0])).hasMessageContaining("missing");
    }

    private static FeedbackEvent feedback(String score, String... labels) {
        BigDecimal number = new BigDecimal(score);
        return new FeedbackEvent(1, true, labels, number, null, number, "ann");
    }
}
