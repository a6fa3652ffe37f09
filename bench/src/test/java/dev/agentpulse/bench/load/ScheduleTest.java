package dev.agentpulse.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void transactionsAreDueAtFixedTimesWhateverBecameOfTheOthers() {
        Schedule schedule = new Schedule(4, 2);

        assertThat(schedule.dueNanos(0)).isZero();
        assertThat(schedule.dueNanos(1)).isEqualTo(SECOND / 4);
        assertThat(schedule.dueNanos(7)).isEqualTo(7 * SECOND / 4);
    }

    @Test
    void aLateTransactionIsStillPartOfTheLoad() {
        Schedule schedule = new Schedule(4, 2);

        assertThat(schedule.includes(7, 100 * SECOND)).isTrue();
        assertThat(schedule.includes(8, 0)).isFalse();
    }

    @Test
    void withoutAPlanTheClockEndsTheLoad() {
        Schedule schedule = Schedule.of(load(0, true, 20), 2);

        assertThat(schedule.isPlanned()).isFalse();
        assertThat(schedule.dueNanos(1_000_000)).isZero();
        assertThat(schedule.includes(1_000_000, 2 * SECOND - 1)).isTrue();
        assertThat(schedule.includes(0, 2 * SECOND)).isFalse();
    }

    @Test
    void aRateOfRowsIsDividedByTheRowsOfATransaction() {
        assertThat(Schedule.of(load(100, false, 20), 1).dueNanos(1)).isEqualTo(SECOND / 5);
    }

    @Test
    void silenceHasNoSchedule() {
        assertThatThrownBy(() -> Schedule.of(load(0, false, 1), 1))
                .hasMessage("transactions must be due, but are 0.0 a second");
    }

    private static Load load(double rate, boolean flatOut, int rows) {
        return new Load(rate, flatOut, rows, new Load.Tables(100, 0, 0), 0, 1, 0, 1);
    }
}
