package dev.agentpulse.job.source;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SourceColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one image of a row. Whether it is usable depends on its own values only, never on when it came: a before image
 * must be judged as it was when it was an after image. The reasons are listed in docs/decisions/0001-figures.md.
 */
final class RowImages {

    static final String MISSING_BEFORE_IMAGE = "missing_before_image";

    /** Of each value that the ledger shows, as many characters. */
    private static final int LEDGER_TEXT_LENGTH = 500;

    private static final ObjectMapper JSON = new ObjectMapper();

    // Places in SourceColumn.of; the first three are the same for all tables.
    private static final int ID = 0;
    private static final int CONVERSATION_ID = 1;
    private static final int CREATED_AT = 2;
    private static final int AGENT = 3;
    private static final int QUERY = 4;
    private static final int LATENCY_MS = 5;
    private static final int APPROVED = 6;
    private static final int HUMAN_EDITED = 7;
    private static final int UPDATED_AT = 3;
    private static final int STATUS = 4;
    private static final int APPROVED_BY = 5;
    private static final int SAFE_TO_SEND = 4;
    private static final int LABELS = 5;
    private static final int RUBRIC = 6;
    private static final int ANNOTATOR = 7;

    private RowImages() {}

    private interface Reader<R> {
        R read(SourceImage image) throws UnusableValueException;
    }

    static RowImage<QueryRow> query(@Nullable SourceImage image) {
        return read(image, RowImages::readQuery);
    }

    static RowImage<ApprovalRow> approval(@Nullable SourceImage image) {
        return read(image, RowImages::readApproval);
    }

    static RowImage<FeedbackRow> feedback(@Nullable SourceImage image) {
        return read(image, RowImages::readFeedback);
    }

    private static <R> RowImage<R> read(@Nullable SourceImage image, Reader<R> reader) {
        if (image == null) {
            return RowImage.absent();
        }
        SourceColumn missing = image.missingColumn();
        if (missing != null) {
            return RowImage.unusable("missing_column_" + missing.name());
        }
        if (image.lacksUnchangedValue()) {
            return RowImage.unusable(MISSING_BEFORE_IMAGE);
        }
        try {
            return RowImage.of(reader.read(image));
        } catch (UnusableValueException e) {
            return RowImage.unusable(e.reason());
        }
    }

    private static QueryRow readQuery(SourceImage image) throws UnusableValueException {
        String id = required(SourceValues.key(image, ID), "missing_id");
        long createdAt = createdAt(image);
        String agent = required(SourceValues.key(image, AGENT), "missing_agent");
        return new QueryRow(
                id,
                SourceValues.text(image, CONVERSATION_ID),
                agent,
                SourceValues.text(image, QUERY),
                SourceValues.latency(image, LATENCY_MS),
                SourceValues.bool(image, APPROVED),
                Boolean.TRUE.equals(SourceValues.bool(image, HUMAN_EDITED)),
                createdAt);
    }

    private static ApprovalRow readApproval(SourceImage image) throws UnusableValueException {
        String id = required(SourceValues.key(image, ID), "missing_id");
        long createdAt = createdAt(image);
        ApprovalStatus status = required(ApprovalStatus.parse(image.text(STATUS)), "unknown_status");
        Long updatedAt = SourceValues.micros(image, UPDATED_AT);
        if (status.isDecided() && updatedAt == null) {
            throw new UnusableValueException("missing_updated_at");
        }
        return new ApprovalRow(
                id,
                SourceValues.text(image, CONVERSATION_ID),
                status,
                SourceValues.text(image, APPROVED_BY),
                createdAt,
                updatedAt);
    }

    private static FeedbackRow readFeedback(SourceImage image) throws UnusableValueException {
        String id = required(SourceValues.key(image, ID), "missing_id");
        long createdAt = createdAt(image);
        SourceValues.micros(image, UPDATED_AT);
        Rubric rubric = SourceValues.rubric(image, RUBRIC);
        return new FeedbackRow(
                id,
                SourceValues.text(image, CONVERSATION_ID),
                SourceValues.bool(image, SAFE_TO_SEND),
                SourceValues.labels(image, LABELS),
                rubric.number(Rubric.CLARITY),
                rubric.number(Rubric.ACCURACY),
                rubric.number(Rubric.TONE),
                SourceValues.key(image, ANNOTATOR),
                createdAt);
    }

    private static long createdAt(SourceImage image) throws UnusableValueException {
        return required(SourceValues.micros(image, CREATED_AT), "missing_created_at");
    }

    private static <T> T required(@Nullable T value, String reason) throws UnusableValueException {
        if (value == null) {
            throw new UnusableValueException(reason);
        }
        return value;
    }

    /** What the ledger shows of an image: the columns that the job reads, long texts cut. */
    static Rejection rejection(SourceTable table, SourceImage image, String reason, boolean unlessNoted) {
        ObjectNode json = JSON.createObjectNode();
        List<SourceColumn> columns = image.columns();
        for (int i = 0; i < columns.size(); i++) {
            json.put(columns.get(i).name(), cut(image.text(i)));
        }
        return new Rejection(table, cut(image.text(ID)), reason, json.toString(), unlessNoted);
    }

    /** The first characters, never half of a surrogate pair. */
    private static @Nullable String cut(@Nullable String text) {
        if (text == null || text.length() <= LEDGER_TEXT_LENGTH) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(LEDGER_TEXT_LENGTH - 1));
        return text.substring(0, splitsPair ? LEDGER_TEXT_LENGTH - 1 : LEDGER_TEXT_LENGTH);
    }
}
