package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.udf.outlook.LocalTimes;
import dev.agentpulse.udf.outlook.SlotCalendar;
import java.time.ZoneId;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents with quiet nights and busy days by the clocks of a zone, in which nothing is wrong when they change. */
class LocalTimeIncidentsTest {

    private static final int STEPS_A_SLOT = (int) (Slots.SLOT_MICROS / SimulatedAgent.STEP_MICROS);
    private static final int WEEKS_BEFORE = 3;
    private static final int WEEKS = 7;
    private static final int AGENTS = 4;
    private static final double A_MINUTE = 20;

    @ParameterizedTest
    @MethodSource("dev.agentpulse.udf.outlook.LocalTimes#changes")
    void hardlyAnyIsFoundButBySlotsOfUtc(String zone, long change) {
        ZoneId clock = ZoneId.of(zone);
        assertThat(incidents(clock, change, new SlotCalendar(clock))).isLessThanOrEqualTo(1);
        assertThat(incidents(clock, change, SlotCalendar.UTC)).isGreaterThanOrEqualTo(AGENTS);
    }

    /** Of all agents, from the day before until two weeks and a day after. */
    private static int incidents(ZoneId clock, long change, SlotCalendar calendar) {
        long monday = change - 1 - LocalTimes.ofWeek(change - 1, clock);
        long begin = monday - WEEKS_BEFORE * Slots.WEEK;
        int from = (int) (change - begin) - Slots.DAY;
        int to = from + 2 * Slots.WEEK + 2 * Slots.DAY;
        int[] ofWeek = LongStream.range(begin, begin + WEEKS * Slots.WEEK)
                .mapToInt(slot -> LocalTimes.ofWeek(slot, clock))
                .toArray();
        int opened = 0;
        for (long seed = 1; seed <= AGENTS; seed++) {
            SimulatedAgent agent = new SimulatedAgent(
                    seed,
                    A_MINUTE,
                    false,
                    WEEKS,
                    step -> ofWeek[step / STEPS_A_SLOT] * STEPS_A_SLOT + step % STEPS_A_SLOT);
            Replay replay = new Replay(agent, calendar, begin);
            VolumeDetector detector = new VolumeDetector();
            detector.learn(replay.slots(), from);
            opened += (replay.changes(detector, from * STEPS_A_SLOT, to * STEPS_A_SLOT)
                                    .size()
                            + 1)
                    / 2;
        }
        return opened;
    }
}
