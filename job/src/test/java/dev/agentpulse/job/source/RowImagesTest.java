package dev.agentpulse.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SourceTable;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The columns have the types and defaults that Debezium gives those of the demo's tables. */
class RowImagesTest {

    private static final String NOON = "2024-05-01T12:00:00.123456Z";
    private static final long NOON_MICROS = 1_714_564_800_123_456L;
    private static final String UNCHANGED = "__debezium_unavailable_value";

    private static final Schema QUERY = SchemaBuilder.struct()
            .field("id", Schema.OPTIONAL_INT64_SCHEMA)
            .field("conversation_id", Schema.OPTIONAL_STRING_SCHEMA)
            .field("agent", Schema.OPTIONAL_STRING_SCHEMA)
            .field("query", Schema.OPTIONAL_STRING_SCHEMA)
            .field("latency_ms", Schema.OPTIONAL_INT32_SCHEMA)
            .field("approved", Schema.OPTIONAL_BOOLEAN_SCHEMA)
            .field(
                    "human_edited",
                    SchemaBuilder.bool().optional().defaultValue(true).build())
            .field(
                    "created_at",
                    SchemaBuilder.string()
                            .optional()
                            .defaultValue("1970-01-01T00:00:00Z")
                            .build())
            .field("extra", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private static final Schema APPROVAL = SchemaBuilder.struct()
            .field("id", Schema.STRING_SCHEMA)
            .field("conversation_id", Schema.OPTIONAL_STRING_SCHEMA)
            .field(
                    "status",
                    SchemaBuilder.string().optional().defaultValue("pending").build())
            .field("approved_by", Schema.OPTIONAL_STRING_SCHEMA)
            .field("created_at", Schema.OPTIONAL_STRING_SCHEMA)
            .field("updated_at", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private static final Schema FEEDBACK = SchemaBuilder.struct()
            .field("id", Schema.STRING_SCHEMA)
            .field("conversation_id", Schema.OPTIONAL_STRING_SCHEMA)
            .field("safe_to_send", Schema.OPTIONAL_BOOLEAN_SCHEMA)
            .field(
                    "labels",
                    SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA)
                            .optional()
                            .build())
            .field("rubric", Schema.OPTIONAL_STRING_SCHEMA)
            .field("annotator", Schema.OPTIONAL_STRING_SCHEMA)
            .field("created_at", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    @Test
    void absentImageIsNeitherARowNorAReason() {
        assertThat(RowImages.query(null, null)).isEqualTo(RowImage.absent());
        assertThat(RowImages.approval(null, null)).isEqualTo(RowImage.absent());
        assertThat(RowImages.feedback(null, null)).isEqualTo(RowImage.absent());
    }

    @Test
    void queryIsReadToTheMicrosecond() {
        Struct image = query().put("conversation_id", "c1")
                .put("query", "why?")
                .put("latency_ms", 12)
                .put("approved", false)
                .put("human_edited", true);

        assertThat(RowImages.query(image, null).row())
                .isEqualTo(new QueryRow("7", "c1", "sales", "why?", 12, false, true, NOON_MICROS));
    }

    @Test
    void nullIsNullThoughTheColumnHasADefault() {
        Struct image = query().put("human_edited", null);
        assertThat(row(RowImages.query(image, null)).humanEdited()).isFalse();

        assertThat(RowImages.query(query().put("created_at", null), null).reason())
                .isEqualTo("missing_created_at");
        assertThat(RowImages.approval(approval(null, null), null).reason()).isEqualTo("unknown_status");
    }

    @Test
    void eachUnusableQueryHasItsReason() {
        assertThat(RowImages.query(query().put("id", null), null).reason()).isEqualTo("missing_id");
        assertThat(RowImages.query(query().put("agent", null), null).reason()).isEqualTo("missing_agent");
        assertThat(RowImages.query(query().put("latency_ms", -1), null).reason())
                .isEqualTo("negative_latency");
        assertThat(RowImages.query(query().put("latency_ms", 0), null).reason()).isNull();
        assertThat(RowImages.query(query().put("agent", ""), null).reason()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "infinity, infinite_timestamp",
        "-infinity, infinite_timestamp",
        "10000-01-01T00:00:00Z, timestamp_out_of_range",
        "+10000-01-01T00:00:00Z, timestamp_out_of_range",
        "0000-12-31T23:59:59.999999Z, timestamp_out_of_range",
        "-4712-01-01T00:00:00Z, timestamp_out_of_range"
    })
    void timesThatCannotBeUsedHaveTheirReasonInEachTable(String time, String reason) {
        assertThat(RowImages.query(query().put("created_at", time), null).reason())
                .isEqualTo(reason);
        assertThat(RowImages.feedback(feedback(null).put("created_at", time), null)
                        .reason())
                .isEqualTo(reason);
        assertThat(RowImages.approval(approval("pending", null).put("created_at", time), null)
                        .reason())
                .isEqualTo(reason);
        assertThat(RowImages.approval(approval("pending", time), null).reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"})
    void timesAtTheEdgeOfTheRangeAreUsed(String time) {
        assertThat(RowImages.query(query().put("created_at", time), null).reason())
                .isNull();
    }

    @Test
    void timesBeforeTheEpochKeepTheirMicroseconds() {
        assertThat(Timestamp.of("1969-12-31T23:59:59.999999Z").micros()).isEqualTo(-1);
        assertThat(Timestamp.of("1970-01-01T00:00:00.000001Z").micros()).isEqualTo(1);
        assertThat(Timestamp.of("0001-01-01T00:00:00.000001Z").micros()).isEqualTo(-62_135_596_799_999_999L);
        assertThat(Timestamp.of("9999-12-31T23:59:59.999999Z").micros()).isEqualTo(253_402_300_799_999_999L);
    }

    @Test
    void approvalMustSayWhenItWasDecided() {
        assertThat(RowImages.approval(approval("approved", null), null).reason())
                .isEqualTo("missing_updated_at");
        assertThat(RowImages.approval(approval("pending", null), null).row())
                .isEqualTo(new ApprovalRow("u-1", null, ApprovalStatus.PENDING, null, NOON_MICROS, null));
        assertThat(RowImages.approval(approval("expired", NOON), null).row())
                .isEqualTo(new ApprovalRow("u-1", null, ApprovalStatus.EXPIRED, null, NOON_MICROS, NOON_MICROS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pending", "unknown", "", "approved "})
    void anyOtherWordIsNoStatus(String status) {
        assertThat(RowImages.approval(approval(status, NOON), null).reason()).isEqualTo("unknown_status");
    }

    @Test
    void rubricMayHaveFractionsAndGaps() {
        FeedbackRow row =
                row(RowImages.feedback(feedback("{\"clarity\": 4.25, \"accuracy\": null, \"more\": \"x\"}"), null));

        assertThat(row.clarity()).isEqualTo(new BigDecimal("4.25"));
        assertThat(row.accuracy()).isNull();
        assertThat(row.tone()).isNull();
    }

    @Test
    void rubricKeepsEveryDigit() {
        FeedbackRow row = row(RowImages.feedback(feedback("{\"tone\": 4.1000000000000000000001}"), null));

        assertThat(row.tone()).isEqualTo(new BigDecimal("4.1000000000000000000001"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[1, 2]; rubric_not_an_object",
                "3; rubric_not_an_object",
                "\"five\"; rubric_not_an_object",
                "{\"tone\": \"5\"}; rubric_not_a_number",
                "{\"clarity\": {}}; rubric_not_a_number",
                "{\"accuracy\": true}; rubric_not_a_number",
                "null; ",
                "{}; ",
                "{\"other\": \"x\"}; "
            })
    void rubricIsAnObjectOfNumbersOrNothing(String rubric, @Nullable String reason) {
        assertThat(RowImages.feedback(feedback(rubric), null).reason()).isEqualTo(reason);
    }

    @Test
    void labelsLoseTheirNullsAndNothingElse() {
        Struct image = feedback(null).put("labels", Arrays.asList("b", null, "", "a", "a"));
        assertThat(row(RowImages.feedback(image, null)).labels()).containsExactly("b", "", "a", "a");

        assertThat(row(RowImages.feedback(feedback(null), null)).labels()).isEmpty();
        assertThat(row(RowImages.feedback(feedback(null).put("labels", List.of()), null))
                        .labels())
                .isEmpty();
    }

    @Test
    void largeValuesThatAnUpdateLeftAloneComeFromTheBeforeImage() {
        Struct before = query().put("query", "long").put("conversation_id", "c1");
        Struct after = query().put("query", UNCHANGED).put("conversation_id", UNCHANGED);
        QueryRow query = row(RowImages.query(after, before));
        assertThat(query.query()).isEqualTo("long");
        assertThat(query.conversationId()).isEqualTo("c1");

        Struct rated = feedback("{\"tone\": 3}").put("labels", List.of("a", "b"));
        Struct rerated = feedback(UNCHANGED).put("labels", List.of(UNCHANGED));
        FeedbackRow feedback = row(RowImages.feedback(rerated, rated));
        assertThat(feedback.tone()).isEqualTo(BigDecimal.valueOf(3));
        assertThat(feedback.labels()).containsExactly("a", "b");
    }

    @Test
    void longTextIsCutWithoutHalvingACharacter() {
        String text = "x".repeat(99) + "😀" + "y".repeat(100);
        assertThat(row(RowImages.query(query().put("query", text), null)).query())
                .isEqualTo("x".repeat(99));

        String even = "😀".repeat(60);
        assertThat(row(RowImages.query(query().put("query", even), null)).query())
                .isEqualTo("😀".repeat(50));
    }

    @Test
    void ledgerShowsTheWholeRowWithLongTextsCut() {
        Struct image =
                query().put("agent", null).put("query", "z".repeat(2_000)).put("extra", "kept");
        Rejection rejection =
                Objects.requireNonNull(RowImages.rejection(SourceTable.QUERIES, image, RowImages.query(image, null)));

        assertThat(rejection.reason()).isEqualTo("missing_agent");
        assertThat(rejection.rowKey()).isEqualTo("7");
        assertThat(rejection.changeJson())
                .contains("\"agent\":null", "\"extra\":\"kept\"", "z".repeat(500))
                .doesNotContain("z".repeat(501));
    }

    @Test
    void usableRowHasNoEntry() {
        assertThat(RowImages.rejection(SourceTable.QUERIES, query(), RowImages.query(query(), null)))
                .isNull();
    }

    private static <R> R row(RowImage<R> image) {
        assertThat(image.reason()).isNull();
        return Objects.requireNonNull(image.row());
    }

    private static Struct query() {
        return new Struct(QUERY).put("id", 7L).put("agent", "sales").put("created_at", NOON);
    }

    private static Struct approval(@Nullable String status, @Nullable String updatedAt) {
        return new Struct(APPROVAL)
                .put("id", "u-1")
                .put("status", status)
                .put("created_at", NOON)
                .put("updated_at", updatedAt);
    }

    private static Struct feedback(@Nullable String rubric) {
        return new Struct(FEEDBACK).put("id", "f-1").put("rubric", rubric).put("created_at", NOON);
    }
}
