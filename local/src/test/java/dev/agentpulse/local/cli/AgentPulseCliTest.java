package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AgentPulseCliTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ana:hunter2@localhost/app",
                "jdbc:postgresql://localhost/app?user=ana&password=hunter2",
                "--data-base-url=postgresql://ana:hunter2@localhost/app"
            })
    void aCommandLineThatIsRefusedIsNotRepeatedWithItsPassword(String word) {
        StringWriter screen = new StringWriter();
        CommandLine command = AgentPulseCli.commandLine().setErr(new PrintWriter(screen, true));

        assertThat(command.execute("migrate", word)).isNotZero();
        assertThat(screen.toString()).isNotBlank().doesNotContain("hunter2");
    }
}
