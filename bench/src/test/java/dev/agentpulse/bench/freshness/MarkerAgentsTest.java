package dev.agentpulse.bench.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarkerAgentsTest {

    private static final int LONGEST_WINDOW_SECONDS = 61;

    @Test
    void anAgentRestsUntilItsRowsHaveLeftTheWindow() {
        MarkerAgents agents = new MarkerAgents(20, 1_200);
        Map<String, Integer> lastSecond = new HashMap<>();
        for (int second = 0; second < 1_200; second++) {
            int turn = agents.turn(second);
            for (int number = 0; number < 10; number++) {
                Integer before = lastSecond.put(agents.agent(turn, number), second);
                if (before != null && agents.turn(before) != turn) {
                    assertThat(second - before).isGreaterThan(LONGEST_WINDOW_SECONDS);
                }
            }
        }
    }

    @Test
    void slowMarkersStayWithinTheAlertLimitOfEachAgent() {
        MarkerAgents agents = new MarkerAgents(100, 60);
        Map<String, Integer> inOneSecond = new HashMap<>();
        for (int number = 0; number < 100; number++) {
            inOneSecond.merge(agents.agent(0, number), 1, Integer::sum);
        }
        assertThat(inOneSecond.values()).allMatch(count -> count <= 10);
    }

    @Test
    void allIsEveryAgentOfEveryTurn() {
        MarkerAgents agents = new MarkerAgents(20, 199);
        Set<String> used = new HashSet<>();
        for (int turn = 0; turn < 40; turn++) {
            for (int number = 0; number < 100; number++) {
                used.add(agents.agent(turn, number));
            }
        }
        assertThat(agents.all())
                .containsExactlyInAnyOrderElementsOf(used)
                .allMatch(name -> name.startsWith("freshness-probe-"));
    }
}
