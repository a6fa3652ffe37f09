package dev.agentpulse.gateway.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastingTest {

    private final Lasting lasting = new Lasting(3);

    @Test
    void lastsFromTheLookThatCompletesTheRow() {
        assertThat(lasting.lasts("pool", true)).isFalse();
        assertThat(lasting.lasts("pool", true)).isFalse();
        assertThat(lasting.lasts("pool", true)).isTrue();
        assertThat(lasting.lasts("pool", true)).isTrue();
    }

    @Test
    void beginsAnewAfterAMomentWithout() {
        lasting.lasts("pool", true);
        lasting.lasts("pool", true);
        assertThat(lasting.lasts("pool", false)).isFalse();
        assertThat(lasting.lasts("pool", true)).isFalse();
    }

    @Test
    void beginsAnewWhenItIsForgotten() {
        lasting.lasts("pool", true);
        lasting.lasts("pool", true);
        lasting.forget("pool");
        assertThat(lasting.lasts("pool", true)).isFalse();
        lasting.lasts("pool", true);
        assertThat(lasting.lasts("pool", true)).isTrue();
    }

    @Test
    void countsEachByItself() {
        lasting.lasts("pool", true);
        lasting.lasts("pool", true);
        assertThat(lasting.lasts("viewers", true)).isFalse();
    }
}
