package dev.agentpulse.local.chaos.starts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartScheduleTest {

    private static final List<StartSchedule> HUNDRED =
            LongStream.rangeClosed(1, 100).mapToObj(StartSchedule::draw).toList();

    @Test
    void isTheSameForTheSameSeed() {
        assertThat(StartSchedule.draw(7)).isEqualTo(StartSchedule.draw(7)).isNotEqualTo(StartSchedule.draw(8));
    }

    @Test
    void holdsEveryFaultWithinAHundredSeedsDuringTheStartAndAfterIt() {
        Set<StartFault> all = EnumSet.allOf(StartFault.class);

        assertThat(faults(HUNDRED.stream().flatMap(schedule -> schedule.strikes().stream())))
                .isEqualTo(all);
        assertThat(faults(HUNDRED.stream().flatMap(schedule -> schedule.strikesAfter().stream())))
                .isEqualTo(all);
    }

    @Test
    void strikesWhileReadingOnlyWhereTablesAreLockedForMoments() {
        assertThat(HUNDRED.stream().filter(schedule -> !schedule.blocksReading()))
                .isNotEmpty()
                .allMatch(schedule -> schedule.strikes().stream().noneMatch(StartSchedule.Strike::whileReading));
    }

    private static Set<StartFault> faults(Stream<StartSchedule.Strike> strikes) {
        return strikes.map(StartSchedule.Strike::fault).collect(Collectors.toSet());
    }
}
