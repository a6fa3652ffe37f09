package dev.agentpulse.udf.outlook;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Counts of slots that follow a local time, and when clocks change. */
public final class LocalTimes {

    public static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static final int HOURS_OF_NIGHT_BEFORE = 4;
    private static final int HOURS_OF_NIGHT_AFTER = 5;
    private static final int WEEK = 7 * SlotSeries.SLOTS_PER_DAY;

    private LocalTimes() {}

    /** Both clock changes of a year: zone, and the first slot behind the change. */
    public static Stream<Arguments> changes() {
        return Stream.of("Europe/Berlin", "America/Santiago", "Australia/Lord_Howe")
                .flatMap(zone -> {
                    ZoneOffsetTransition first = ZoneId.of(zone).getRules().nextTransition(BEGIN);
                    ZoneOffsetTransition second = ZoneId.of(zone).getRules().nextTransition(first.getInstant());
                    return Stream.of(first, second)
                            .map(change -> Arguments.of(zone, change.toEpochSecond() / SlotSeries.SLOT_SECONDS));
                });
    }

    /** Counts of each slot of a local week, from Monday on: random, and 30 in each slot of the nights, in which clocks change. */
    public static int[] week() {
        int[] week = new Random(3).ints(WEEK, 20, 100).toArray();
        for (int slot = 0; slot < WEEK; slot++) {
            int hour = slot % SlotSeries.SLOTS_PER_DAY / SlotSeries.SLOTS_PER_HOUR;
            if (hour < HOURS_OF_NIGHT_AFTER || hour >= 24 - HOURS_OF_NIGHT_BEFORE) {
                week[slot] = 30;
            }
        }
        return week;
    }

    /** Which slot of the week a slot is by a zone's clocks. */
    public static int ofWeek(long slot, ZoneId zone) {
        LocalDateTime time = LocalDateTime.ofInstant(Instant.ofEpochSecond(slot * SlotSeries.SLOT_SECONDS), zone);
        return (time.getDayOfWeek().getValue() - 1) * SlotSeries.SLOTS_PER_DAY
                + time.toLocalTime().toSecondOfDay() / SlotSeries.SLOT_SECONDS;
    }

    /** The slot that UTC calls by the local time of another one. */
    public static long inUtc(long slot, ZoneId zone) {
        return LocalDateTime.ofInstant(Instant.ofEpochSecond(slot * SlotSeries.SLOT_SECONDS), zone)
                        .toEpochSecond(ZoneOffset.UTC)
                / SlotSeries.SLOT_SECONDS;
    }
}
