package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.CliFailure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AgentPulseCliTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ana:hunter2@localhost/app",
                "postgresql://ana:a/b'c d@hunter2@localhost/app",
                "jdbc:postgresql://localhost/app?user=ana&password=it's hunter2",
                "--password=hunter2",
                "--database-urls=postgresql://ana:hun/hunter2@localhost/app",
                "--data-base-url=postgresql://ana:hunter2@localhost/app"
            })
    void aCommandLineThatIsRefusedIsNotRepeatedWithItsPassword(String word) {
        StringWriter screen = new StringWriter();
        CommandLine command = AgentPulseCli.commandLine().setErr(new PrintWriter(screen, true));

        assertThat(command.execute("migrate", word)).isNotZero();
        assertThat(screen.toString()).isNotBlank().doesNotContain("hunter2");
    }

    @Test
    void aServersWordsDoNotCommandTheTerminal() throws Exception {
        String words = "\u001b]0;owned\u0007\nsecond line";
        for (Exception failure : List.of(new CliFailure(words), new SQLException(words))) {
            StringWriter screen = new StringWriter();
            CommandLine command = AgentPulseCli.commandLine().setErr(new PrintWriter(screen, true));

            command.getExecutionExceptionHandler().handleExecutionException(failure, command, null);

            assertThat(screen.toString())
                    .contains("\\u001b]0;owned\\u0007\nsecond line")
                    .doesNotContain("\u001b", "\u0007");
        }
    }

    @Test
    void anOptionThatIsNotKnownIsNamedWithoutThePasswordBehindIt() {
        StringWriter screen = new StringWriter();
        CommandLine command = AgentPulseCli.commandLine().setErr(new PrintWriter(screen, true));

        assertThat(command.execute("migrate", "--password", "hunter2")).isNotZero();
        assertThat(screen.toString()).contains("'--password").doesNotContain("hunter2");
    }
}
