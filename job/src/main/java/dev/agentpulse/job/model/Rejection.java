package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * An entry of the ledger {@code rejected_change}: a row that could not be used, or that is worth a note.
 *
 * @param reason see docs/decisions/0001-figures.md; {@code future_timestamp} and {@code illegal_transition} are for
 *     information only
 * @param rowKey the row's id, null where it has none
 * @param changeJson what came, as JSON, with long texts cut
 * @param unlessNoted whether there is no need of it if the ledger names the row for this reason already
 */
public record Rejection(
        SourceTable table, @Nullable String rowKey, String reason, String changeJson, boolean unlessNoted) {

    /** The reason of a note on a row that is used all the same. */
    public static final String FUTURE_TIMESTAMP = "future_timestamp";

    /** The reason of a note on an approval that was decided and is pending again, or is decided otherwise. */
    public static final String ILLEGAL_TRANSITION = "illegal_transition";
}
