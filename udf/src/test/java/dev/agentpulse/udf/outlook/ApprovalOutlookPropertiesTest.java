package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.outlook.ApprovalOutlook.Approval;
import dev.agentpulse.udf.outlook.ApprovalOutlook.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ApprovalOutlookPropertiesTest {

    private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);
    private static final long SLOT = 15 * MINUTE;
    private static final long SLA = 5 * MINUTE;
    private static final long FIRST_SLOT = 1_900_000 / 96 * 96;
    private static final long START = FIRST_SLOT * SLOT;

    @Property(tries = 20)
    void figuresFollowFromTheRowsThatAreThere(@ForAll long seed) {
        Random random = new Random(seed);
        ApprovalOutlook outlook = new ApprovalOutlook(FIRST_SLOT, SLA, SlotCalendar.UTC);
        List<Approval> rows = new ArrayList<>();
        List<Integer> waitedAtEnd = new ArrayList<>();
        long now = START;
        for (int i = 0; i < 600; i++) {
            long before = now;
            now += (long) (random.nextDouble() * 5 * MINUTE);
            for (long slot = Math.floorDiv(before, SLOT); slot < Math.floorDiv(now, SLOT); slot++) {
                waitedAtEnd.add(pending(rows));
            }
            outlook.advanceTo(now);
            int place = rows.isEmpty() ? 0 : random.nextInt(rows.size());
            if (rows.isEmpty() || random.nextInt(5) < 2) {
                Approval row = new Approval(now - random.nextInt(3) * MINUTE / 2, null, null);
                rows.add(row);
                outlook.add(row, 1);
            } else if (random.nextInt(10) == 0) {
                outlook.add(rows.remove(place), -1);
            } else {
                Approval row = rows.get(place);
                Approval decided = new Approval(row.createdMicros(), now, random.nextInt(4) == 0 ? null : "p" + i % 3);
                rows.set(place, decided);
                outlook.add(row, -1);
                outlook.add(decided, 1);
            }
            if (random.nextInt(100) == 0) {
                outlook = ApprovalOutlook.decode(outlook.encode(), SLA, SlotCalendar.UTC);
            }
        }
        check(outlook, rows, waitedAtEnd, now);
    }

    private static int pending(List<Approval> rows) {
        return (int) rows.stream().filter(row -> row.decidedMicros() == null).count();
    }

    private static void check(ApprovalOutlook outlook, List<Approval> rows, List<Integer> waitedAtEnd, long now) {
        assertThat(outlook.pending()).isEqualTo(pending(rows));
        double[] requested = LongStream.range(FIRST_SLOT, Math.floorDiv(now, SLOT))
                .mapToDouble(slot -> rows.stream()
                        .filter(row -> Math.floorDiv(row.createdMicros(), SLOT) == slot)
                        .count())
                .toArray();
        DayForecast requests = outlook.forecast(Measure.REQUESTED);
        assertThat(requests.expected()).isEqualTo(new SeasonalForecast(4).expected(requested, 96));
        double[] waited = waitedAtEnd.stream().mapToDouble(count -> count).toArray();
        assertThat(outlook.forecast(Measure.PENDING).expected())
                .isEqualTo(new SeasonalForecast(4).expected(waited, 96));

        long minute = Math.floorDiv(now, MINUTE);
        double arrived = rows.stream()
                .filter(row -> isIn(row.createdMicros(), minute - 60, minute))
                .count();
        double left = rows.stream()
                .filter(row -> row.decidedMicros() != null && isIn(row.decidedMicros(), minute - 60, minute))
                .count();
        ApprovalOutlook.Queue queue = outlook.queue(requests);
        if (pending(rows) > 0 && left > arrived) {
            assertThat(queue.minutesToClear()).isCloseTo(60 * pending(rows) / (left - arrived), within(1e-9));
        } else {
            assertThat(queue.minutesToClear()).isEqualTo(pending(rows) == 0 ? 0.0 : null);
        }
        assertThat(queue.breaches()).isEqualTo((int) rows.stream()
                .filter(row -> row.decidedMicros() == null)
                .filter(row -> isIn(row.createdMicros(), minute - 5, minute + 10))
                .count());
        long hour = Math.floorDiv(minute, 60L);
        List<Approval> byPeople = rows.stream()
                .filter(row -> row.decidedMicros() != null && row.approver() != null)
                .filter(row -> Math.floorDiv(Objects.requireNonNull(row.decidedMicros()), 60 * MINUTE) > hour - 24)
                .toList();
        long peopleHours = byPeople.stream()
                .map(row -> row.approver() + Math.floorDiv(Objects.requireNonNull(row.decidedMicros()), 60 * MINUTE))
                .distinct()
                .count();
        double[] upper = requests.high() == null ? requests.expected() : requests.high();
        assertThat(queue.approvers())
                .isEqualTo(
                        byPeople.isEmpty()
                                ? null
                                : ErlangC.serversNeeded(
                                        upper[0] + upper[1] + upper[2] + upper[3],
                                        (double) byPeople.size() / peopleHours,
                                        5.0 / 60,
                                        0.05));
    }

    private static boolean isIn(long timeMicros, long fromMinute, long untilMinute) {
        return timeMicros >= fromMinute * MINUTE && timeMicros < untilMinute * MINUTE;
    }

    @Example
    void knowsThePastAndTakesLittleRoom() {
        ApprovalOutlook outlook = new ApprovalOutlook(FIRST_SLOT, SLA, SlotCalendar.UTC);
        for (int i = 0; i < 30 * 96; i++) {
            outlook.addPast(FIRST_SLOT + i, i % 96, 7);
        }
        outlook.endPast(FIRST_SLOT + 30 * 96);
        assertThat(outlook.forecast(Measure.REQUESTED).basis()).isEqualTo(SeasonalForecast.Basis.TWO_WEEKS);
        assertThat(outlook.forecast(Measure.REQUESTED).expected()[10]).isCloseTo(10, within(1e-9));
        assertThat(outlook.forecast(Measure.PENDING).expected()).containsOnly(7);
        assertThat(outlook.encode().length).isLessThan(30_000);
    }
}
