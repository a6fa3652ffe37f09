package dev.agentpulse.local.stack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StartStepsTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void redrawsTheLineOfAStepThatGoesOn() throws Exception {
        StartSteps steps = new StartSteps(out, true);

        steps.step("snapshot", () -> {
            steps.progress("snapshot", "agent_queries 5 rows …");
            steps.progress("snapshot", "agent_queries 5 rows …");
            return true;
        });

        assertThat(written.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("agent_queries 5 rows …")
                .contains("\r")
                .contains("ready, ");
    }

    @Test
    void staysOnOneLineWithoutProgress() throws Exception {
        StartSteps steps = new StartSteps(out, false);

        steps.step("snapshot", () -> {
            steps.progress("snapshot", "");
            return true;
        });

        assertThat(written.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    }
}
