package dev.agentpulse.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchCliTest {

    @Test
    void whatIsNoCommandIsAScenario() {
        assertThat(withCommand("steady-500", "--seconds", "5")).containsExactly("run", "steady-500", "--seconds", "5");
        assertThat(withCommand("backlog", "--rows", "5")).containsExactly("backlog", "--rows", "5");
        assertThat(withCommand("--help")).containsExactly("--help");
        assertThat(withCommand()).isEmpty();
    }

    private static String[] withCommand(String... arguments) {
        return BenchCli.withCommand(arguments, BenchCli.commandLine());
    }
}
