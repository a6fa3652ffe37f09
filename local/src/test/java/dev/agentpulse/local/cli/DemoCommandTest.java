package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.stack.demo.DemoSettings;
import dev.agentpulse.local.stack.traffic.TrafficRate;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoCommandTest {

    @Test
    void withoutOptionsStartsItsOwnDatabaseWithNormalTraffic() {
        DemoSettings settings = settings();

        assertThat(settings.database()).isNull();
        assertThat(settings.dataFolder()).isNull();
        assertThat(settings.postgresPort()).isEqualTo(5433);
        assertThat(settings.flinkPort()).isEqualTo(8081);
        assertThat(settings.pagePort()).isEqualTo(8090);
        assertThat(settings.traffic()).isEqualTo(TrafficRate.parse("normal"));
    }

    @Test
    void servesThePageWhereItIsToldToOrNotAtAll() {
        assertThat(settings("--page-port=7000").pagePort()).isEqualTo(7000);
        assertThat(settings("--no-page").pagePort()).isNull();
    }

    @Test
    void writesNothingIntoAnExistingDatabaseUnlessAskedTo() {
        String url = "--database-url=jdbc:postgresql://db.example:6000/app";

        assertThat(settings(url).traffic()).isEqualTo(TrafficRate.NONE);
        assertThat(settings(url).createSourceTables()).isFalse();
        assertThat(settings(url, "--traffic", "7").traffic()).isEqualTo(new TrafficRate(7));
    }

    @Test
    void passesOptionsOfTheJobOn() {
        DemoSettings settings = settings(
                "--config=agentpulse.sla.threshold=10s",
                "--config=agentpulse.source.queries-table=support.questions",
                "--data-dir=/data");

        assertThat(settings.jobOptions().get(JobOptions.SLA_THRESHOLD)).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.jobOptions().get(JobOptions.QUERIES_TABLE)).isEqualTo("support.questions");
        assertThat(settings.dataFolder()).isEqualTo(Path.of("/data"));
    }

    @Test
    void refusesAnOptionThatTheJobDoesNotKnow() {
        assertThatThrownBy(() -> settings("--config=agentpulse.sla.treshold=10s"))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("agentpulse.sla.treshold");
    }

    @Test
    void saysWhatTrafficMayBe() {
        assertThat(errorOf("demo", "--traffic", "much")).contains("none, normal, peak, stress", "'much'");
    }

    @Test
    void unknownCommandIsNamed() {
        assertThat(errorOf("fly")).contains("'fly'");
    }

    private static DemoSettings settings(String... arguments) {
        DemoCommand command = new DemoCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        return command.settings();
    }

    private static String errorOf(String... arguments) {
        StringWriter error = new StringWriter();
        int exitCode =
                AgentPulseCli.commandLine().setErr(new PrintWriter(error, true)).execute(arguments);
        assertThat(exitCode).isNotZero();
        return error.toString();
    }
}
