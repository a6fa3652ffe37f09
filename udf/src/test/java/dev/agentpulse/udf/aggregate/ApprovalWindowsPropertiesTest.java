package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.udf.aggregate.ApprovalEvent.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ApprovalWindowsPropertiesTest {

    private static final long SLA_MICROS = 300_000_000;
    private static final List<Kind> KINDS = List.of(Kind.values());

    @Property
    void figuresEqualARecalculationAfterEveryStepOfAnyHistory(
            @ForAll("operations") List<History.Operation> operations) {
        new History<>(new History.Stream<>(
                        ApprovalWindowsPropertiesTest::event,
                        ApprovalSlice::new,
                        () -> new ApprovalWindow(SLA_MICROS),
                        ApprovalSlice::decode,
                        ApprovalWindowsPropertiesTest::assertSame))
                .play(operations);
    }

    @Provide
    Arbitrary<List<History.Operation>> operations() {
        return History.operations();
    }

    private static ApprovalEvent event(long timeMicros, Random random) {
        Kind kind = KINDS.get(random.nextInt(KINDS.size()));
        if (kind == Kind.REQUESTED) {
            return new ApprovalEvent(timeMicros, kind, 0);
        }
        long resolution =
                switch (random.nextInt(6)) {
                    case 0 -> SLA_MICROS + random.nextInt(3) - 1;
                    case 1 -> -random.nextLong(100_000_000_000L);
                    case 2 -> random.nextLong(315_000_000_000_000_000L);
                    case 3 -> 5_000 * (long) random.nextInt(-9, 9);
                    default -> random.nextLong(2 * SLA_MICROS);
                };
        return new ApprovalEvent(timeMicros, kind, resolution);
    }

    private static void assertSame(ApprovalWindow window, OptionalInt maximum, List<ApprovalEvent> rows) {
        List<ApprovalEvent> decided =
                rows.stream().filter(row -> row.kind() != Kind.REQUESTED).toList();
        BigDecimal sumSeconds = decided.stream()
                .map(row -> BigDecimal.valueOf(row.resolutionMicros(), 6))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        List<Long> hundredths = decided.stream()
                .map(row -> BigDecimal.valueOf(row.resolutionMicros(), 6)
                        .setScale(2, RoundingMode.HALF_UP)
                        .unscaledValue()
                        .longValueExact())
                .toList();
        assertThat(maximum).isEmpty();
        assertThat(window.requestedCount()).isEqualTo(count(rows, Kind.REQUESTED));
        assertThat(window.approvedCount()).isEqualTo(count(rows, Kind.APPROVED));
        assertThat(window.rejectedCount()).isEqualTo(count(rows, Kind.REJECTED));
        assertThat(window.expiredCount()).isEqualTo(count(rows, Kind.EXPIRED));
        assertThat(window.decidedCount()).isEqualTo(decided.size());
        assertThat(window.withinSlaCount())
                .isEqualTo(decided.stream()
                        .filter(row -> row.resolutionMicros() <= SLA_MICROS)
                        .count());
        assertThat(new BigDecimal(window.resolutionMicrosSum(), 6)).isEqualByComparingTo(sumSeconds);
        assertThat(window.averageResolutionSeconds()).isEqualTo(NaiveFigures.average(sumSeconds, decided.size()));
        for (int percent : new int[] {1, 50, 95, 100}) {
            BigDecimal reported = window.resolutionPercentileSeconds(percent);
            NaiveFigures.assertPercentile(
                    reported == null
                            ? null
                            : Long.valueOf(reported.unscaledValue().longValueExact()),
                    NaiveFigures.percentile(hundredths, percent),
                    ApprovalWindow.EXACT_RESOLUTION_HUNDREDTHS);
        }
    }

    private static long count(List<ApprovalEvent> rows, Kind kind) {
        return rows.stream().filter(row -> row.kind() == kind).count();
    }
}
