package dev.agentpulse.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.bench.load.Load;
import dev.agentpulse.bench.peer.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioFilesTest {

    private static final Path SHIPPED = Path.of("scenarios");

    private static final String VALID = """
            description: Some words
            load:
              changes-per-second: 480
              transaction-rows: 5
              tables: {queries: 85, approvals: 10, feedback: 5}
              update-percent: 15
              agents: 20
              busiest-agent-percent: 90
              writers: 4
            markers-per-second: 20
            warm-up-seconds: 1.5
            seconds: 60
            settle-seconds: 10
            repetitions: 3
            beside: [nothing, triggers]
            insert-clients: [1, 8]
            at-most: {row-p99-ms: 40}
            at-least:
              changes-per-second: 470
            """;

    @TempDir
    Path folder;

    static List<String> shipped() throws IOException {
        return new ScenarioFiles(SHIPPED).names();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void whatIsShippedCanBeRead(String name) throws IOException {
        Scenario scenario = new ScenarioFiles(SHIPPED).read(name);

        assertThat(scenario.name()).isEqualTo(name);
        assertThat(scenario.description()).isNotBlank();
        assertThat(Peers.names()).containsAll(scenario.beside());
    }

    @Test
    void everyKeyArrives() throws IOException {
        Scenario scenario = read(VALID);

        assertThat(scenario)
                .isEqualTo(new Scenario(
                        "mine",
                        "Some words",
                        new Load(480, false, 5, new Load.Tables(85, 10, 5), 15, 20, 90, 4),
                        20,
                        1.5,
                        60,
                        10,
                        3,
                        false,
                        0,
                        List.of("nothing", "triggers"),
                        List.of(1, 8),
                        Map.of(Metric.ROW_P99, 40.0),
                        Map.of(Metric.CHANGES, 470.0)));
    }

    @Test
    void aMissingFileIsAnsweredWithThoseThatAreThere() throws IOException {
        Files.writeString(folder.resolve("one.yaml"), VALID);

        assertThatThrownBy(() -> new ScenarioFiles(folder).read("other"))
                .hasMessage("There is no scenario other. There are: one.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "writers: 4 | writers: 0 | load: writers must be at least 1 and at most 64, but is 0",
                "seconds: 60 | seconds: -1 | seconds must be at least 0.1 and at most 86400.0, but is -1.0",
                "transaction-rows: 5 | flat-out: true | load: changes-per-second and flat-out exclude each other",
                "feedback: 5 | feedback: 6 | load.tables: tables must be shares of 100, but are queries 85",
                "agents: 20 | agents: many | load.agents: Cannot deserialize value",
                "update-percent: 15 | updates: 15 | load.updates: Unrecognized field",
                "row-p99-ms | row-p98-ms | at-most: Cannot deserialize Map key of type `dev.agentpulse",
                "warm-up-seconds: 1.5 | rows-before: 5 | rows-before must be at least 0.0 and at most 0.0, but is 5.0",
                "load: | burden: | load must be given",
            })
    void aMistakeIsNamedByItsFileAndKey(String from, String to, String said) {
        assertThat(VALID).contains(from);

        assertThatThrownBy(() -> read(VALID.replace(from, to)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(folder.resolve("mine.yaml") + ": " + said);
    }

    @Test
    void brokenYamlIsNamedByItsLine() {
        assertThatThrownBy(() -> read("load: [1")).hasMessageContaining("mine.yaml: line ");
        assertThatThrownBy(() -> read("")).hasMessageEndingWith("mine.yaml: a scenario has keys and values");
    }

    private Scenario read(String content) throws IOException {
        Files.writeString(folder.resolve("mine.yaml"), content);
        return new ScenarioFiles(folder).read("mine");
    }
}
