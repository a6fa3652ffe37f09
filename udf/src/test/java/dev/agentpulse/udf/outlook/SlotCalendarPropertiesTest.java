package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SlotCalendarPropertiesTest {

    private static final List<String> ZONES = List.copyOf(new TreeSet<>(ZoneId.getAvailableZoneIds()));
    private static final long SECONDS = SlotSeries.SLOT_SECONDS;
    private static final long YEAR_SLOTS = 365L * SlotSeries.SLOTS_PER_DAY;

    /** Any zone from 1960 to 2040, mostly around its clock changes; so often that places of other slots are taken. */
    @Property(tries = 100)
    void theSlotOfTheSameLocalTimeIsThatOfTheCalendar(@ForAll long seed) {
        Random random = new Random(seed);
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        SlotCalendar calendar = new SlotCalendar(zone);
        long around = random.nextLong(-10 * YEAR_SLOTS, 70 * YEAR_SLOTS);
        ZoneOffsetTransition change = zone.getRules().nextTransition(Instant.ofEpochSecond(around * SECONDS));
        if (change != null && random.nextInt(10) > 0) {
            around = Math.floorDiv(change.toEpochSecond(), SECONDS);
        }
        for (int i = 0; i < 500; i++) {
            long slot = around + random.nextInt(3000) - 1000;
            int days = 1 + random.nextInt(SlotCalendar.MOST_DAYS);
            assertThat(calendar.daysAgo(slot, days))
                    .as("%s, %d days before slot %d", zone, days, slot)
                    .isEqualTo(naive(zone.getRules(), slot, days));
        }
    }

    private static long naive(ZoneRules rules, long slot, int days) {
        Instant time = Instant.ofEpochSecond(slot * SECONDS);
        ZoneOffset now = rules.getOffset(time);
        LocalDateTime then =
                LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, now).minusDays(days);
        List<ZoneOffset> offsets = rules.getValidOffsets(then);
        ZoneOffset offset =
                switch (offsets.size()) {
                    case 0 -> rules.getTransition(then).getOffsetBefore();
                    case 1 -> offsets.get(0);
                    default -> offsets.contains(now) ? now : offsets.get(0);
                };
        return Math.floorDiv(then.toEpochSecond(offset), SECONDS);
    }

    @Example
    void aDayIsAsLongAsTheClocksMakeIt() {
        assertBefore("Europe/Berlin", "2026-03-29T00:45Z", 1, "2026-03-28T00:45Z");
        assertBefore("Europe/Berlin", "2026-03-29T01:00Z", 1, "2026-03-28T02:00Z");
        assertBefore("Europe/Berlin", "2026-03-30T01:00Z", 1, "2026-03-29T01:00Z");
        assertBefore("Europe/Berlin", "2026-04-05T00:45Z", 7, "2026-03-29T01:45Z");
        assertBefore("Europe/Berlin", "2026-10-25T01:00Z", 1, "2026-10-24T00:00Z");
        assertBefore("Europe/Berlin", "2026-10-26T00:45Z", 1, "2026-10-24T23:45Z");
        assertBefore("Europe/Berlin", "2026-11-08T00:59:59Z", 14, "2026-10-24T23:45Z");
        assertBefore("America/Santiago", "2026-09-06T12:00Z", 1, "2026-09-05T13:00Z");
        assertBefore("America/Santiago", "2026-04-05T12:00Z", 7, "2026-03-29T11:00Z");
        assertBefore("Australia/Lord_Howe", "2026-10-04T12:00Z", 14, "2026-09-20T12:30Z");
        assertBefore("Asia/Kathmandu", "2026-10-26T00:45Z", 14, "2026-10-12T00:45Z");
    }

    /** 02:30 was not there, and 02:30 was there twice. */
    @Example
    void aLocalTimeThatWasNotThereIsLaterAndOneThatWasThereTwiceHasTheSameOffset() {
        assertBefore("Europe/Berlin", "2026-03-30T00:30Z", 1, "2026-03-29T01:30Z");
        assertBefore("Europe/Berlin", "2026-10-26T01:30Z", 1, "2026-10-25T01:30Z");
        assertBefore("Europe/Berlin", "2026-10-25T00:30Z", 1, "2026-10-24T00:30Z");
        assertBefore("Europe/Berlin", "2026-10-25T01:30Z", 1, "2026-10-24T00:30Z");
    }

    /** Until 1972 clocks in Liberia were behind UTC by 44 minutes and 30 seconds. */
    @Example
    void anOffsetThatIsNoMultipleOfASlotLeadsToTheSlotThatHoldsTheInstant() {
        assertBefore("Africa/Monrovia", "1972-01-07T00:45Z", 1, "1972-01-06T01:15Z");
    }

    private static void assertBefore(String zone, String time, int days, String expected) {
        assertThat(new SlotCalendar(ZoneId.of(zone)).daysAgo(slot(time), days))
                .as("%s, %d days before %s", zone, days, time)
                .isEqualTo(slot(expected));
    }

    private static long slot(String time) {
        return Math.floorDiv(OffsetDateTime.parse(time).toEpochSecond(), SECONDS);
    }
}
