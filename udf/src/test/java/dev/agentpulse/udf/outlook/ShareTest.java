package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class ShareTest {

    private static final double Z_SQUARED = 1.6448536269514722 * 1.6448536269514722;

    /** The interval's ends are the shares from which what was seen lies exactly z deviations away. */
    @Property
    void endsSolveTheEquationOfTheInterval(@ForAll @LongRange(min = 1, max = 10_000) long trials, @ForAll long pick) {
        Share share = new Share(Math.floorMod(pick, trials + 1), trials);
        for (double end : new double[] {share.low(), share.high()}) {
            double away = share.value() - end;
            assertThat(away * away).isCloseTo(Z_SQUARED * end * (1 - end) / trials, within(1e-9));
        }
        assertThat(share.low()).isBetween(0.0, share.value() + 1e-12);
        assertThat(share.high()).isBetween(share.value() - 1e-12, 1.0);
    }

    @Example
    void fewTrialsAreDrawnToWhatIsUsual() {
        assertThat(new Share(0, 0).shrunkTo(0.9)).isCloseTo(0.9, within(1e-12));
        assertThat(new Share(0, 20).shrunkTo(0.9)).isCloseTo(0.45, within(1e-12));
        assertThat(new Share(0, 1980).shrunkTo(0.9)).isCloseTo(0.009, within(1e-12));
    }

    @Example
    void nothingIsKnownWithoutTrials() {
        Share none = new Share(0, 0);
        assertThat(none.value()).isZero();
        assertThat(none.low()).isZero();
        assertThat(none.high()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Share(2, 1));
    }
}
