package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.tick;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.config.RetentionConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody acknowledges an alert, or erases a conversation, and leaves the transaction open. */
class OpenAcknowledgementITCase {

    private static final String ALERT = AlertRule.APPROVAL_SLA_BREACH.alertIdAt("7", START);

    private static final long CENTURY_MILLIS = 36_525L * 86_400_000;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @Test
    void holdsUpNeitherTicksNorRetention() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection writing = database.connectInRole("agentpulse_writer");
                Connection reader = database.connectInRole("agentpulse_reader");
                Connection other = database.connect()) {
            // Whoever waits fails at once.
            Sql.run(writing, "SET lock_timeout = '1ms'");
            writing.setAutoCommit(false);
            TickTransaction writer =
                    Ticks.writer(writing, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false));
            writer.write(tick(1, step(AlertChange.Step.OPEN, Severity.INFO)));

            reader.setAutoCommit(false);
            assertThat(Sql.rows(reader, "SELECT agentpulse.acknowledge_alert('" + ALERT + "')"))
                    .containsExactly("t");
            writer.write(tick(2, step(AlertChange.Step.ESCALATE, Severity.CRITICAL)));
            Tick last = tick(3, step(AlertChange.Step.RESOLVE, Severity.CRITICAL));
            writer.write(last);
            assertThat(Sql.rows(other, "SELECT status, severity, acknowledged_by FROM agentpulse.alert"))
                    .containsExactly("resolved|critical|null");
            retention(
                            writing,
                            new RetentionConfig(
                                    CENTURY_MILLIS, CENTURY_MILLIS, CENTURY_MILLIS, CENTURY_MILLIS, CENTURY_MILLIS))
                    .trimIfDue(1, requireNonNull(last.progress));
            assertThat(Sql.rows(other, "SELECT runs, removed_rows FROM agentpulse.retention_run"))
                    .isNotEmpty()
                    .containsOnly("1|0");
            reader.commit();
            assertThat(Sql.rows(other, "SELECT status, acknowledged_by FROM agentpulse.alert"))
                    .containsExactly("resolved|postgres");

            retention(writing, new RetentionConfig(0, 0, 0, 0, 0)).trimIfDue(1, requireNonNull(last.progress));
            assertThat(Sql.rows(other, "SELECT alert_id FROM agentpulse.alert")).isEmpty();
        }
    }

    /** What changes rows of the job itself cannot be left open for long. */
    @Test
    void anErasureThatIsLeftOpenIsUndoneBeforeATickGivesUp() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection writing = database.connectInRole("agentpulse_writer");
                Connection compliance = database.connectInRole("agentpulse_compliance");
                Connection other = database.connect()) {
            // As the job has it.
            Sql.run(writing, "SET lock_timeout = '5s'");
            writing.setAutoCommit(false);
            TickTransaction writer =
                    Ticks.writer(writing, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false));
            writer.write(tick(1, step(AlertChange.Step.OPEN, Severity.INFO)));
            Sql.run(other, "UPDATE agentpulse.alert_record SET conversation_id = 'c-1'");

            compliance.setAutoCommit(false);
            assertThat(Sql.rows(compliance, "SELECT * FROM agentpulse.erase_conversation('c-1')"))
                    .contains("alert_record|1");
            writer.write(tick(2, step(AlertChange.Step.ESCALATE, Severity.CRITICAL)));

            assertThat(Sql.rows(other, "SELECT severity, conversation_id FROM agentpulse.alert"))
                    .containsExactly("critical|c-1");
            assertThatThrownBy(() -> Sql.rows(compliance, "SELECT 1"))
                    .hasMessageContaining("idle-in-transaction timeout");
        }
    }

    @Test
    void isNotTheWritersToForge() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection writer = database.connectInRole("agentpulse_writer")) {
            for (String sql : List.of(
                    "INSERT INTO agentpulse.acknowledgement (alert_id, acknowledged_by, acknowledged_at)"
                            + " VALUES ('a', 'dana', now())",
                    "UPDATE agentpulse.acknowledgement SET acknowledged_by = 'dana'",
                    "UPDATE agentpulse.alert SET acknowledged_by = 'dana'")) {
                assertThatThrownBy(() -> Sql.run(writer, sql)).as(sql).hasMessageContaining("permission denied");
            }
        }
    }

    private static Retention retention(Connection connection, RetentionConfig config) {
        return new Retention(
                connection,
                config,
                new HistoryRetention(
                        connection,
                        SampleConfig.of().history(),
                        new HistoryComparison(
                                () -> {
                                    throw new SQLException("there is no history");
                                },
                                Runnable::run)),
                new StagedRecords(connection, Set.of()));
    }

    private static TickRecord step(AlertChange.Step step, Severity severity) {
        return TickRecord.of(new AlertChange(
                step,
                ALERT,
                AlertRule.APPROVAL_SLA_BREACH,
                "7",
                severity,
                BigDecimal.ONE,
                BigDecimal.TEN,
                null,
                "{}",
                START));
    }
}
