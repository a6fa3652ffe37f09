package dev.agentpulse.local.stack.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.stack.summary.Summary.Agent;
import dev.agentpulse.local.stack.summary.Summary.Alert;
import dev.agentpulse.local.stack.summary.Summary.History;
import dev.agentpulse.local.stack.summary.Summary.Queue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryTextTest {

    private static final Instant AS_OF = Instant.parse("2026-01-02T03:04:05Z");
    private static final String ESCAPE = "\u001b";

    private final SummaryText plain = new SummaryText(false);

    @Test
    void screenShowsAgentsQueueAlertsAndFreshness() {
        String screen = String.join("\n", plain.screen(busy(), "RUNNING", 51.4));

        assertThat(screen)
                .contains("Job RUNNING, complete up to 03:04:05 UTC, 84 ms ago, 51 changes/s")
                .containsPattern("billing +degraded +12 +60 +700 +210.25 +150 +600 +900 +1200 +88.00 %")
                .contains("7 pending, 2 over the SLA, oldest 6 min 40 s")
                .contains("1 agent_degraded (warning), 2 approval_sla_breach (info)")
                .contains("History    reaches back to 2025-12-20, 14 of 31 days; waits for transaction 7");
    }

    @Test
    void anAgentWithoutLatenciesHasDashes() {
        Agent idle = new Agent("idle-one", "idle", 0, 0, 0, null, null, null, null, null, null);

        String screen = String.join("\n", plain.screen(withAgents(List.of(idle)), "RUNNING", 0));

        assertThat(screen).containsPattern("idle-one +idle +0 +0 +0 +- +- +- +- +- +-");
    }

    @Test
    void beforeTheFirstTickThereIsNothingToTell() {
        Summary empty = new Summary(null, Duration.ZERO, 0, List.of(), Queue.EMPTY, List.of(), null);

        assertThat(plain.line(AS_OF, empty, "INITIALIZING", 0)).contains("no results yet", "none pending", "none open");
    }

    @Test
    void aLineSumsUp() {
        assertThat(plain.line(AS_OF.plusSeconds(1), busy(), "RUNNING", 51.4))
                .startsWith("03:04:06 job RUNNING")
                .contains("1 agents (1 degraded), 12 queries in the last minute")
                .doesNotContain(ESCAPE);
    }

    @Test
    void manyAgentsAreCutToAScreen() {
        List<Agent> crowd = IntStream.range(0, 30)
                .mapToObj(number -> new Agent("a" + number, "idle", 0, 0, 0, null, null, null, null, null, null))
                .toList();

        List<String> screen = plain.screen(withAgents(crowd), "RUNNING", 0);

        assertThat(screen).contains("and 10 more").hasSizeLessThan(30);
    }

    @Test
    void onlyAColouredScreenHasEscapes() {
        assertThat(String.join("", new SummaryText(true).screen(busy(), "RUNNING", 0)))
                .contains(ESCAPE);
        assertThat(String.join("", plain.screen(busy(), "RUNNING", 0))).doesNotContain(ESCAPE);
    }

    @Test
    void anAgentsNameDoesNotCommandTheTerminal() {
        Agent evil = new Agent(ESCAPE + "]0;x\u0007", "idle", 0, 0, 0, null, null, null, null, null, null);

        String screen = String.join("\n", plain.screen(withAgents(List.of(evil)), "RUNNING", 0));

        assertThat(screen).contains("\\u001b]0;x\\u0007").doesNotContain(ESCAPE, "\u0007");
    }

    @Test
    void changesPerSecondStartAnewWithANewCount() {
        SummaryDisplay.ChangeRate rate = new SummaryDisplay.ChangeRate();

        assertThat(rate.perSecond(1_000, 0)).isZero();
        assertThat(rate.perSecond(1_100, 2_000_000_000L)).isEqualTo(50);
        assertThat(rate.perSecond(10, 3_000_000_000L)).isZero();
    }

    private static Summary busy() {
        Agent billing = new Agent(
                "billing",
                "degraded",
                12,
                60,
                700,
                new BigDecimal("210.25"),
                150,
                600,
                900,
                1_200,
                new BigDecimal("88.00"));
        return new Summary(
                AS_OF,
                Duration.ofMillis(84),
                1_000,
                List.of(billing),
                new Queue(7, 2, 400),
                List.of(new Alert("agent_degraded", "warning", 1), new Alert("approval_sla_breach", "info", 2)),
                new History(LocalDate.parse("2025-12-20"), 14, 31, "waits for transaction 7"));
    }

    private static Summary withAgents(List<Agent> agents) {
        return new Summary(AS_OF, Duration.ZERO, 0, agents, Queue.EMPTY, List.of(), null);
    }
}
