package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobArgumentsTest {

    @Test
    void optionsComeInTwoForms() {
        var options = JobArguments.parse(
                "--agentpulse.database.url", "jdbc:postgresql://h/d?a=b", "--agentpulse.slot.name=mine", "--empty=");

        assertThat(options.get(JobOptions.DATABASE_URL)).isEqualTo("jdbc:postgresql://h/d?a=b");
        assertThat(options.get(JobOptions.SLOT_NAME)).isEqualTo("mine");
        assertThat(options.toMap()).containsEntry("empty", "");
    }

    @Test
    void wordOutOfPlaceIsCountedAndNotRepeated() {
        String url = "jdbc:postgresql://me:hunter2@db/agentpulse";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobArguments.parse("--agentpulse.slot.name", "a", url))
                .withMessageContaining("word 3")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void optionWithoutAValueIsShown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobArguments.parse("--agentpulse.slot.name"))
                .withMessageContaining("--agentpulse.slot.name has no value");
    }

    @Test
    void fileIsReadAndTheCommandLineWinsWhereverItStands(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("job.yaml"), """
                agentpulse:
                  database.url: jdbc:postgresql://file/d
                  window:
                    slide: 2 s
                    sizes: [10 s, 1 min]
                agentpulse.slot.name: from_file
                """);

        var options = JobArguments.parse("--agentpulse.slot.name", "from_line", "--config-file", file.toString());

        assertThat(options.get(JobOptions.DATABASE_URL)).isEqualTo("jdbc:postgresql://file/d");
        assertThat(options.get(JobOptions.WINDOW_SLIDE)).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.get(JobOptions.WINDOW_SIZES)).containsExactly(Duration.ofSeconds(10), Duration.ofMinutes(1));
        assertThat(options.get(JobOptions.SLOT_NAME)).isEqualTo("from_line");
    }

    @Test
    void fileThatIsMissingIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobArguments.parse("--config-file", "no/such.yaml"))
                .withMessageContaining("no/such.yaml");
    }
}
