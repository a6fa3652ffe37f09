package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WindowSpecTest {

    private static final WindowSpec SPEC = new WindowSpec(10, 20, 50);

    @Test
    void slicesAreOpenAtTheStartAndClosedAtTheEnd() {
        assertThat(SPEC.sliceEnd(10)).isEqualTo(10);
        assertThat(SPEC.sliceEnd(11)).isEqualTo(20);
        assertThat(SPEC.sliceEnd(0)).isZero();
        assertThat(SPEC.sliceEnd(-1)).isZero();
        assertThat(SPEC.sliceEnd(-10)).isEqualTo(-10);
        assertThat(SPEC.sliceEnd(-11)).isEqualTo(-10);
    }

    @Test
    void windowsStartOnTheSlideBelow() {
        assertThat(SPEC.windowStart(0, 30)).isEqualTo(10);
        assertThat(SPEC.windowStart(0, 39)).isEqualTo(10);
        assertThat(SPEC.windowStart(1, 39)).isEqualTo(-20);
        assertThat(SPEC.windowStart(0, -1)).isEqualTo(-30);
    }

    @Test
    void noTimeOverflows() {
        assertThat(SPEC.windowStart(1, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(SPEC.windowStart(1, Long.MAX_VALUE)).isPositive();
        assertThat(SPEC.sliceEnd(WindowSpec.LIMIT_MICROS))
                .isBetween(WindowSpec.LIMIT_MICROS, WindowSpec.LIMIT_MICROS + 9);
        assertThatThrownBy(() -> SPEC.sliceEnd(Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesSizesThatDoNotFitTheSlide() {
        assertThatThrownBy(() -> new WindowSpec(10, 20, 55))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("each of sizesMicros must be a multiple of slideMicros = 10 but 55 is not");
        assertThatThrownBy(() -> new WindowSpec(10, 50, 20))
                .hasMessageContaining("ascending")
                .hasMessageContaining("[50, 20]");
        assertThatThrownBy(() -> new WindowSpec(0, 20)).hasMessageContaining("but is 0");
        assertThatThrownBy(() -> new WindowSpec(10)).hasMessageContaining("at least one");
    }

    @Test
    void isEqualByContentAndKeepsItsSizesToItself() {
        long[] sizes = {20, 50};
        WindowSpec spec = new WindowSpec(10, sizes);
        sizes[0] = 30;
        spec.sizesMicros()[0] = 30;
        assertThat(spec).isEqualTo(SPEC).hasSameHashCodeAs(SPEC).hasToString(SPEC.toString());
    }
}
