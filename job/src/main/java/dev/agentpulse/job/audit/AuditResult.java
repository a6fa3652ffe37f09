package dev.agentpulse.job.audit;

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
        long millis) {

    /**
     * A row that is not as it should be; all are JSON objects.
     *
     * @param key its key
     * @param is the figures that differ
     * @param shouldBe what the oracle has for them
     */
    public record WrongRow(String key, String is, String shouldBe) {}

    public AuditResult {
        wrong = List.copyOf(wrong);
    }

    /** This and more units of its table, all equal. */
    AuditResult and(AuditResult later, int units) {
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
                millis + later.millis);
    }
}
