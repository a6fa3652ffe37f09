package dev.agentpulse.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SourceColumn;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowImagesTest {

    private static final String NOON = "2024-05-01 12:00:00.123456+00";
    private static final long NOON_MICROS = 1_714_564_800_123_456L;

    @Test
    void absentImageIsNeitherARowNorAReason() {
        assertThat(RowImages.query(null)).isEqualTo(RowImage.absent());
        assertThat(RowImages.approval(null)).isEqualTo(RowImage.absent());
        assertThat(RowImages.feedback(null)).isEqualTo(RowImage.absent());
    }

    @Test
    void queryIsReadToTheMicrosecond() {
        SourceImages image = query().put("conversation_id", "c1")
                .put("query", "why?")
                .put("latency_ms", "12")
                .put("approved", "f")
                .put("human_edited", "t");

        assertThat(RowImages.query(image.image()).row())
                .isEqualTo(new QueryRow("7", "c1", "sales", "why?", 12, false, true, NOON_MICROS));
    }

    @Test
    void nullHumanEditedCountsAsFalse() {
        assertThat(row(RowImages.query(query().image())).humanEdited()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "id, , missing_id",
        "agent, , missing_agent",
        "created_at, , missing_created_at",
        "created_at, infinity, infinite_timestamp",
        "created_at, -infinity, infinite_timestamp",
        "created_at, 10000-01-01 00:00:00+00, timestamp_out_of_range",
        "created_at, 0001-12-31 23:59:59.999999+00 BC, timestamp_out_of_range",
        "created_at, yesterday, timestamp_out_of_range",
        "latency_ms, -1, negative_latency",
        "latency_ms, -1.00, negative_latency",
        "latency_ms, 2147483648, latency_out_of_range",
        "latency_ms, 99999999999999999999999.00, latency_out_of_range",
        "latency_ms, 12.5, latency_not_a_whole_number",
        "latency_ms, NaN, latency_not_a_whole_number",
        "latency_ms, Infinity, latency_not_a_whole_number",
        "latency_ms, fast, latency_not_a_whole_number",
        "approved, yes, approved_not_a_boolean",
        "human_edited, 1, human_edited_not_a_boolean"
    })
    void eachUnusableQueryHasItsReason(String column, @Nullable String value, String reason) {
        assertThat(RowImages.query(query().put(column, value).image()).reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "12.00, 12", "1e2, 100", "2147483647, 2147483647"})
    void wholeLatenciesOfWiderTypesAreUsed(String text, int latencyMs) {
        assertThat(row(RowImages.query(query().put("latency_ms", text).image())).latencyMs())
                .isEqualTo(latencyMs);
    }

    @Test
    void timesAreReadInWhateverZoneTheyArePrinted() {
        assertThat(row(RowImages.query(query().put("created_at", "2024-05-01 17:30:00.123456+05:30")
                                .image()))
                        .createdAtMicros())
                .isEqualTo(NOON_MICROS);
        assertThat(row(RowImages.query(query().put("created_at", "2024-05-01 12:00:00.123456")
                                .image()))
                        .createdAtMicros())
                .as("without a zone it is UTC")
                .isEqualTo(NOON_MICROS);
    }

    @Test
    void keysUpToTheLimitAreUsedAndLongerOnesAreNot() {
        String longest = "é".repeat(500);
        assertThat(row(RowImages.query(query().put("agent", longest).image())).agent())
                .isEqualTo(longest);
        assertThat(RowImages.query(query().put("agent", longest + "x").image()).reason())
                .isEqualTo("agent_too_long");
        assertThat(RowImages.query(query().put("id", longest + "x").image()).reason())
                .isEqualTo("id_too_long");
        assertThat(RowImages.feedback(
                                feedback(null).put("annotator", longest + "x").image())
                        .reason())
                .isEqualTo("annotator_too_long");
    }

    @Test
    void bytesThatAreNotUtf8AreNoText() {
        byte[] latin1 = {'M', (byte) 0xFC, 'l'};
        assertThat(RowImages.query(query().put("agent", latin1).image()).reason())
                .isEqualTo("agent_not_utf8");
        assertThat(row(RowImages.query(query().put("agent", "M\uFFFDl").image()))
                        .agent())
                .as("the replacement character itself is one")
                .isEqualTo("M\uFFFDl");
    }

    @Test
    void longTextsAreCutToWhatIsShown() {
        QueryRow row = row(RowImages.query(query().put("query", "a".repeat(99) + "😀 and more")
                .put("conversation_id", "c".repeat(5_000))
                .image()));

        assertThat(row.query()).isEqualTo("a".repeat(99));
        assertThat(row.conversationId()).hasSize(1_000);
    }

    @Test
    void aColumnThatIsGoneMakesTheRowUnusable() {
        assertThat(RowImages.query(query().without("latency_ms").image()).reason())
                .isEqualTo("missing_column_latency_ms");
    }

    @Test
    void approvalIsRead() {
        SourceImages image = approval("approved", NOON).put("approved_by", "dana");

        assertThat(RowImages.approval(image.image()).row())
                .isEqualTo(new ApprovalRow("a1", null, ApprovalStatus.APPROVED, "dana", NOON_MICROS, NOON_MICROS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pending", "done", ""})
    void otherStatusesAreUnknown(String status) {
        assertThat(RowImages.approval(approval(status, NOON).image()).reason()).isEqualTo("unknown_status");
    }

    @Test
    void onlyADecisionNeedsATime() {
        assertThat(RowImages.approval(approval("rejected", null).image()).reason())
                .isEqualTo("missing_updated_at");
        assertThat(RowImages.approval(approval("pending", null).image()).reason())
                .isNull();
        assertThat(RowImages.approval(approval("pending", "infinity").image()).reason())
                .isEqualTo("infinite_timestamp");
        assertThat(RowImages.approval(approval(null, NOON).image()).reason()).isEqualTo("unknown_status");
    }

    @Test
    void feedbackIsRead() {
        SourceImages image = feedback("{\"clarity\": 4.5, \"tone\": null, \"other\": \"x\"}")
                .put("safe_to_send", "t")
                .put("labels", "{fast,NULL,\"a \\\"quoted\\\" one\"}")
                .put("annotator", "kim");

        assertThat(RowImages.feedback(image.image()).row())
                .isEqualTo(new FeedbackRow(
                        "f1",
                        null,
                        true,
                        new String[] {"fast", "a \"quoted\" one"},
                        new BigDecimal("4.5"),
                        null,
                        null,
                        "kim",
                        NOON_MICROS));
    }

    @Test
    void labelsOfSeveralDimensionsAreTheirElements() {
        assertThat(row(RowImages.feedback(feedback(null)
                                .put("labels", "[0:1][3:4]={{a,b},{c,d}}")
                                .image()))
                        .labels())
                .containsExactly("a", "b", "c", "d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rubric | [1] | rubric_not_an_object",
                "rubric | \"5\" | rubric_not_an_object",
                "rubric | {\"clarity\": \"5\"} | rubric_not_a_number",
                "rubric | {\"tone\": true} | rubric_not_a_number",
                "labels | fast | labels_not_an_array",
                "labels | [\"a\"] | labels_not_an_array",
                "updated_at | infinity | infinite_timestamp",
                "safe_to_send | maybe | safe_to_send_not_a_boolean"
            })
    void eachUnusableFeedbackHasItsReason(String column, String value, String reason) {
        assertThat(RowImages.feedback(feedback(null).put(column, value).image()).reason())
                .isEqualTo(reason);
    }

    @Test
    void documentsBeyondTheLimitAreNotRead() {
        String long1 = "x".repeat(SourceColumn.DOCUMENT_BYTES);
        assertThat(RowImages.feedback(feedback("{\"a\": \"" + long1 + "\"}").image())
                        .reason())
                .isEqualTo("rubric_too_long");
        assertThat(RowImages.feedback(feedback(null)
                                .put("labels", "{" + "y".repeat(1_001) + "}")
                                .image())
                        .reason())
                .isEqualTo("label_too_long");
    }

    @Test
    void aRowBringsSoManyLabelsOfSoManyBytes() {
        assertThat(reasonOfLabels(array(100, "z"))).isNull();
        assertThat(reasonOfLabels(array(101, "z"))).isEqualTo("labels_too_long");
        assertThat(reasonOfLabels(array(101, "NULL")))
                .as("as cardinality() counts")
                .isEqualTo("labels_too_long");
        // Braces and commas take 12 bytes, and each ä takes two.
        assertThat(reasonOfLabels(array(11, "ä".repeat(454)))).isNull();
        assertThat(reasonOfLabels(array(11, "ä".repeat(454)).replace("}", "z}")))
                .isEqualTo("labels_too_long");
    }

    private static String array(int elements, String element) {
        return "{" + String.join(",", Collections.nCopies(elements, element)) + "}";
    }

    private static @Nullable String reasonOfLabels(String text) {
        return RowImages.feedback(feedback(null).put("labels", text).image()).reason();
    }

    @Test
    void theLedgerShowsTheColumnsThatAreReadWithLongTextsCut() {
        SourceImage image = query().put("agent", "a".repeat(2_000)).image();

        Rejection rejection = RowImages.rejection(SourceTable.QUERIES, image, "agent_too_long", false);

        assertThat(rejection.rowKey()).isEqualTo("7");
        assertThat(rejection.changeJson())
                .contains("\"agent\":\"" + "a".repeat(500) + "\"")
                .contains("\"latency_ms\":null");
    }

    private static SourceImages query() {
        return SourceImages.of(SourceTable.QUERIES)
                .put("id", "7")
                .put("agent", "sales")
                .put("created_at", NOON);
    }

    private static SourceImages approval(@Nullable String status, @Nullable String updatedAt) {
        return SourceImages.of(SourceTable.APPROVALS)
                .put("id", "a1")
                .put("status", status)
                .put("created_at", NOON)
                .put("updated_at", updatedAt);
    }

    private static SourceImages feedback(@Nullable String rubric) {
        return SourceImages.of(SourceTable.FEEDBACK)
                .put("id", "f1")
                .put("rubric", rubric)
                .put("created_at", NOON);
    }

    private static <R> R row(RowImage<R> image) {
        assertThat(image.reason()).isNull();
        return Objects.requireNonNull(image.row());
    }
}
