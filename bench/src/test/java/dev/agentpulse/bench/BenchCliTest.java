package dev.agentpulse.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchCliTest {

    @Test
    void whatIsNoCommandIsAScenario() {
        assertThat(withCommand("steady-500", "--seconds", "5")).containsExactly("run", "steady-500", "--seconds", "5");
        assertThat(withCommand("backlog", "--rows", "5")).containsExactly("backlog", "--rows", "5");
        assertThat(withCommand("--help")).containsExactly("--help");
        assertThat(withCommand()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ana:hunter2@localhost/app",
                "postgresql://ana:a/b'c d@hunter2@localhost/app",
                "jdbc:postgresql://localhost/app?user=ana&password=it's hunter2",
                "--password=hunter2"
            })
    void aCommandLineThatIsRefusedIsNotRepeatedWithItsPassword(String word) {
        StringWriter screen = new StringWriter();
        CommandLine command = BenchCli.commandLine().setErr(new PrintWriter(screen, true));

        assertThat(command.execute("freshness", word)).isNotZero();
        assertThat(screen.toString()).isNotBlank().doesNotContain("hunter2");
    }

    private static String[] withCommand(String... arguments) {
        return BenchCli.withCommand(arguments, BenchCli.commandLine());
    }
}
