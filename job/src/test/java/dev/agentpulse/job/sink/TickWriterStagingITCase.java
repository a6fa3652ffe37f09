package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TransactionProgress;
import dev.agentpulse.job.source.PastRowReader;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A transaction with more messages than the writer keeps, and failures in the middle of it. */
class TickWriterStagingITCase {

    private static final long LINEAGE = 1; // as TickWriterContext has it
    private static final String MESSAGES = "SELECT count(*), count(DISTINCT event_key) FROM agentpulse.channel_event";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Connection connection;
    private JobConfig config;

    @BeforeEach
    void migrate() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        connection = database.connect();
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        config = JobConfig.from(options);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void neitherHeapNorStateHoldsThemAndEachIsThereOnceAfterAFailure() throws Exception {
        List<List<BegunTick.Entry>> state;
        try (TickWriter writer = writer(List.of())) {
            write(writer, 1, 70_000);
            writer.flush(false);
            state = writer.snapshotState(1);
            assertThat(state).singleElement().satisfies(begun -> assertThat(begun)
                    .hasSizeLessThan(20_000));
            assertThat(rows("SELECT count(*) + " + state.get(0).size() + " FROM agentpulse.staged_record"))
                    .containsExactly("70000");
            // Of these the checkpoint knows nothing.
            write(writer, 70_001, 100_000);
            writer.flush(false);
        }
        assertThat(rows(MESSAGES)).containsExactly("0|0");

        try (TickWriter writer = writer(state)) {
            write(writer, 70_001, 130_000);
            complete(writer);
        }

        assertThat(rows(MESSAGES)).containsExactly("130000|130000");
        assertThat(rows("SELECT count(*) FROM (SELECT seq - lag(seq) OVER (ORDER BY event_key::int) AS step"
                        + " FROM agentpulse.channel_event) AS steps WHERE step < 1"))
                .as("messages that are numbered before one that the log has earlier")
                .containsExactly("0");
        assertThat(rows("SELECT count(*) FROM agentpulse.staged_record")).containsExactly("0");
    }

    @Test
    void jobThatBeginsAnewTakesNothingOverFromAnEarlierStart() throws Exception {
        try (TickWriter writer = writer(List.of())) {
            write(writer, 1, 20_000);
            writer.write(alert("decided meanwhile"), TickWriterContext.AT_START);
            write(writer, 20_001, 60_000);
            writer.flush(false);
        }
        assertThat(rows("SELECT count(*) FROM agentpulse.staged_record WHERE kind = 'alert_open'"))
                .containsExactly("1");

        try (TickWriter writer = writer(List.of())) {
            write(writer, 1, 60_000);
            writer.write(alert("pending"), TickWriterContext.AT_START);
            complete(writer);
        }

        assertThat(rows("SELECT subject FROM agentpulse.alert")).containsExactly("pending");
        assertThat(rows(MESSAGES)).containsExactly("60000|60000");
    }

    private TickWriter writer(Collection<List<BegunTick.Entry>> restored) throws Exception {
        TickWriter writer = new TickWriter(config, new PastRowReader(config), new UnregisteredMetricsGroup(), restored);
        writer.write(TickRecord.of(new TransactionProgress(LINEAGE, Samples.START, 0)), TickWriterContext.AT_START);
        return writer;
    }

    private static void write(TickWriter writer, int from, int to) throws Exception {
        for (int number = from; number <= to; number++) {
            writer.write(
                    TickRecord.of(Ticks.message(Integer.toString(number), number, Samples.START)),
                    TickWriterContext.AT_START);
        }
    }

    private static TickRecord alert(String subject) {
        return TickRecord.of(new AlertChange(
                AlertChange.Step.OPEN,
                AlertRule.APPROVAL_SLA_BREACH.alertIdAt(subject, Samples.START),
                AlertRule.APPROVAL_SLA_BREACH,
                subject,
                Severity.INFO,
                null,
                null,
                null,
                "{}",
                Samples.START));
    }

    private static void complete(TickWriter writer) throws Exception {
        writer.write(TickWriterContext.progress(), TickWriterContext.AT_START);
        writer.writeWatermark(new Watermark(Samples.START));
        writer.flush(false);
    }

    private List<String> rows(String query) throws SQLException {
        return Sql.rows(connection, query);
    }
}
