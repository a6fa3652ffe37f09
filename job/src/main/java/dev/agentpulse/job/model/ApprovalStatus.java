package dev.agentpulse.job.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The states of an approval; all but {@link #PENDING} are decisions. */
public enum ApprovalStatus {
    PENDING,
    APPROVED,
    REJECTED,
    EXPIRED;

    /** The status as the table spells it, or null for any other text. */
    public static @Nullable ApprovalStatus parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "pending" -> PENDING;
            case "approved" -> APPROVED;
            case "rejected" -> REJECTED;
            case "expired" -> EXPIRED;
            default -> null;
        };
    }

    public boolean isDecided() {
        return this != PENDING;
    }

    /** The status as the table spells it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
