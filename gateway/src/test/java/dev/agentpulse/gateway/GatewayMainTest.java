package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GatewayMainTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ana:hunter2@localhost/app",
                "postgresql://ana:a/b'c d@hunter2@localhost/app",
                "jdbc:postgresql://localhost/app?user=ana&password=it's hunter2",
                "--password=hunter2",
                "--port=postgresql://ana:hunter2@localhost/app",
                "--data-base-url=postgresql://ana:hunter2@localhost/app"
            })
    void aCommandLineThatIsRefusedIsNotRepeatedWithItsPassword(String word) {
        StringWriter screen = new StringWriter();
        CommandLine command = GatewayMain.commandLine(variable -> "secret-of-32-characters-or-a-few-more", System.out)
                .setErr(new PrintWriter(screen, true));

        assertThat(command.execute("--database-url=postgresql://localhost/app", word))
                .isNotZero();
        assertThat(screen.toString()).isNotBlank().doesNotContain("hunter2");
    }
}
