package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BegunTickTest {

    private static final long FIRST = START + SECOND;
    private static final long SECOND_TICK = START + 2 * SECOND;

    private final BegunTick begun = new BegunTick();

    @Test
    void takesWhatWasSaidUpToTheWatermark() {
        begun.add(FIRST - 5, message("a", FIRST - 5));
        begun.add(FIRST, progress(FIRST));

        Tick tick = close(FIRST);

        assertThat(keys(tick)).containsExactly("a");
        assertThat(tick.progress).isEqualTo(progress(FIRST).progress());
        assertThat(begun.entries()).isEmpty();
    }

    @Test
    void whatIsSaidOfTheNextTickWaitsForIt() {
        begun.add(SECOND_TICK - 5, message("early", SECOND_TICK - 5));
        begun.add(FIRST, progress(FIRST));
        begun.add(SECOND_TICK, progress(SECOND_TICK));
        begun.add(FIRST - 5, message("slow", FIRST - 5));

        assertThat(keys(close(FIRST))).containsExactly("slow");
        assertThat(keys(close(SECOND_TICK))).containsExactly("early");
    }

    @Test
    void theEndOfTheInputIsNoTick() {
        begun.add(FIRST - 5, message("a", FIRST - 5));

        assertThat(begun.close(Long.MAX_VALUE)).isNull();
        assertThat(begun.entries()).hasSize(1);
    }

    @Test
    void goesThroughACheckpoint() throws Exception {
        begun.add(FIRST - 5, message("a", FIRST - 5));
        begun.add(
                FIRST - 4,
                TickRecord.of(new AlertChange(
                        AlertChange.Step.POINT,
                        "slow_query:1",
                        AlertRule.SLOW_QUERY,
                        "1",
                        Severity.WARNING,
                        new BigDecimal("301.50"),
                        null,
                        null,
                        "{\"agent\":\"ö\"}",
                        FIRST - 4)));
        BegunTickSerializer serializer = new BegunTickSerializer();

        byte[] bytes = serializer.serialize(begun.entries());

        assertThat(serializer.deserialize(serializer.getVersion(), bytes)).isEqualTo(begun.entries());
    }

    @Test
    void anOlderVersionReadsWhatItKnowsAndRefusesAnotherFormat() throws Exception {
        BegunTickSerializer serializer = new BegunTickSerializer();
        byte[] bytes = "[{\"timeMicros\":7,\"record\":{\"kind\":\"MESSAGE\",\"added_later\":1},\"more\":{}}]"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);

        assertThat(serializer.deserialize(serializer.getVersion(), bytes))
                .singleElement()
                .satisfies(entry -> assertThat(entry.timeMicros()).isEqualTo(7));
        assertThatThrownBy(() -> serializer.deserialize(serializer.getVersion() + 1, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a later one");
    }

    @Test
    void manyEventsAreTakenAwayAndTheRestOfTheirTickIsStagedToo() {
        begun.add(FIRST, progress(FIRST));
        int many = 0;
        while (!begun.hasMany()) {
            many++;
            begun.add(FIRST, message("a" + many, FIRST));
        }

        assertThat(begun.takeForStaging()).hasSize(many);
        assertThat(begun.hasMany()).isFalse();
        begun.add(FIRST, message("last", FIRST));
        begun.add(SECOND_TICK, message("early", SECOND_TICK));
        begun.add(SECOND_TICK, progress(SECOND_TICK));

        BegunTick.Closed closed = Objects.requireNonNull(begun.close(FIRST));
        assertThat(closed.tick().staged).isTrue();
        assertThat(keys(closed.tick())).isEmpty();
        assertThat(closed.toStage()).singleElement().satisfies(event -> assertThat(
                        Objects.requireNonNull(event.record().message()).eventKey())
                .isEqualTo("last"));
        assertThat(close(SECOND_TICK).staged).isFalse();
    }

    @Test
    void manyRowsOfAgentsAreStagedAndTheirTimesKept() {
        while (!begun.hasMany()) {
            begun.add(FIRST, Ticks.health("a", "idle", FIRST));
        }
        begun.takeForStaging();
        begun.add(FIRST, Ticks.health("b", "idle", FIRST));
        begun.add(SECOND_TICK, Ticks.health("early", "idle", SECOND_TICK));
        begun.add(FIRST, progress(FIRST));
        begun.add(SECOND_TICK, progress(SECOND_TICK));

        BegunTick.Closed first = Objects.requireNonNull(begun.close(FIRST));
        assertThat(first.toStage()).hasSize(1);
        assertThat(first.tick().size()).isZero();
        assertThat(first.tick().stagedRowTimes).containsExactly(FIRST);
        Tick second = close(SECOND_TICK);
        assertThat(second.health).hasSize(1);
        assertThat(second.stagedRowTimes).isEmpty();
    }

    @Test
    void whatWasTakenIsNotManyAnyMoreAndWhatCameFirstIsFirst() {
        begun.add(FIRST - 1, message("b", FIRST - 1));
        begun.add(FIRST - 2, message("a", FIRST - 2));
        while (!begun.hasMany()) {
            begun.add(SECOND_TICK, message("later", SECOND_TICK));
        }
        begun.add(FIRST, progress(FIRST));
        begun.add(SECOND_TICK, progress(SECOND_TICK));

        assertThat(keys(close(FIRST))).containsExactly("b", "a");
        assertThat(begun.hasMany()).isFalse();
        begun.add(SECOND_TICK, message("last", SECOND_TICK));
        begun.add(SECOND_TICK, message("last", SECOND_TICK));
        assertThat(begun.hasMany()).isTrue();
        assertThat(close(SECOND_TICK).messages).hasSizeGreaterThan(2);
        assertThat(begun.hasMany()).isFalse();
    }

    @Test
    void wideMessagesAreManySooner() {
        String wide = "x".repeat(8_000);
        for (int i = 0; i < 2_000; i++) {
            begun.add(
                    FIRST,
                    TickRecord.of(new ChannelMessage(
                            "k" + i, Channel.AGENT_QUERIES, "new_query", wide, at(FIRST, 1), FIRST)));
        }
        assertThat(begun.hasMany()).isTrue();
    }

    @Test
    void theTickAfterIsStagedTooIfAPartOfItWas() {
        begun.add(FIRST, message("a", FIRST));
        begun.add(SECOND_TICK, message("early", SECOND_TICK));
        begun.takeForStaging();
        begun.add(FIRST, progress(FIRST));
        begun.add(SECOND_TICK, progress(SECOND_TICK));

        assertThat(close(FIRST).staged).isTrue();
        assertThat(close(SECOND_TICK).staged).isTrue();
    }

    @Test
    void ofARestoredTickAPartMayBeStaged() {
        begun.restore(List.of(new BegunTick.Entry(FIRST, message("a", FIRST))), true);
        begun.add(FIRST, progress(FIRST));
        begun.add(SECOND_TICK, progress(SECOND_TICK));

        BegunTick.Closed closed = Objects.requireNonNull(begun.close(FIRST));

        assertThat(closed.tick().staged).isTrue();
        assertThat(closed.toStage()).hasSize(1);
        assertThat(close(SECOND_TICK).staged).isFalse();
    }

    private Tick close(long watermarkMicros) {
        BegunTick.Closed closed = Objects.requireNonNull(begun.close(watermarkMicros));
        assertThat(closed.tick().staged || closed.toStage().isEmpty()).isTrue();
        return closed.tick();
    }

    private static List<String> keys(Tick tick) {
        return tick.messages.stream().map(ChannelMessage::eventKey).toList();
    }

    private static TickRecord message(String key, long timeMicros) {
        return TickRecord.of(
                new ChannelMessage(key, Channel.AGENT_QUERIES, "new_query", "{}", at(timeMicros, 1), timeMicros));
    }

    private static TickRecord progress(long asOfMicros) {
        return TickRecord.of(new TickProgress(
                asOfMicros, asOfMicros, 1, START, TableCounts.ZERO, TableCounts.ZERO, TableCounts.ZERO, false));
    }
}
