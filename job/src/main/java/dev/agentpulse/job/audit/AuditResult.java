package dev.agentpulse.job.audit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of comparing a unit.
 *
 * @param key of the unit, or how many there were that were all equal
 * @param asOf text of the results' time; null where there are none
 * @param commitLsn text of their log position
 * @param figures that were compared
 * @param equal null if it cannot be said
 * @param unit null for several
 * @param reason why it cannot be said; null where it can
 * @param wrong rows that are not as they should be
 * @param millis that statements took
 * @param parts of a sum the results that it is of; none where it is one unit's own, and of history, whose units are many
 */
public record AuditResult(
        AuditedTable table,
        String key,
        @Nullable String asOf,
        @Nullable String commitLsn,
        long figures,
        @Nullable Boolean equal,
        @Nullable AuditUnit unit,
        @Nullable String reason,
        List<WrongRow> wrong,
        long millis,
        List<AuditResult> parts) {

    /**
     * A row that is not as it should be; all but the subject are JSON objects.
     *
     * @param subject the first of its key, as text
     * @param key its key
     * @param is the figures that differ
     * @param shouldBe what the oracle has for them
     */
    public record WrongRow(String subject, String key, String is, String shouldBe) {}

    public AuditResult {
        wrong = List.copyOf(wrong);
        parts = List.copyOf(parts);
    }

    /** The same, of another time that statements took. */
    AuditResult took(long otherMillis) {
        return new AuditResult(table, key, asOf, commitLsn, figures, equal, unit, reason, wrong, otherMillis, parts);
    }

    /** This and more units of its table, all equal. */
    AuditResult and(AuditResult later, int units) {
        List<AuditResult> together = new ArrayList<>();
        if (!table.isHistory()) {
            together.addAll(each());
            together.add(later);
        }
        return new AuditResult(
                table,
                units + " units, the last " + later.key,
                later.asOf,
                later.commitLsn,
                figures + later.figures,
                true,
                null,
                null,
                List.of(),
                millis + later.millis,
                together);
    }

    /** This, or the results that it is the sum of. */
    public List<AuditResult> each() {
        return parts.isEmpty() ? List.of(this) : parts;
    }

    /** Whether it proves, or disproves, rows of what is now: those of history are too many to keep the last proof of each. */
    public boolean isOfNow() {
        return unit != null && equal != null && !table.isHistory();
    }
}
