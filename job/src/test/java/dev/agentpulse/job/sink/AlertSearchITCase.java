package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.tick;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a tick does to a few alerts does not depend on how many there are. */
class AlertSearchITCase {

    private static final String ROWS_READ =
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'alert_record'";
    /** Every tenth of 50,000 is open. */
    private static final long FEW = 100;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @Test
    void noStepOfAnAlertReadsTheTable() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Connection writing = database.connectInRole("agentpulse_writer")) {
            writing.setAutoCommit(false);
            TickTransaction writer =
                    Ticks.writer(writing, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false));
            // The first tick of a job looks at all that is open.
            writer.write(tick(1));
            Sql.run(connection, """
                    INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at, resolved_at)
                    SELECT 'approval_sla_breach:' || n || ':0', 'approval_sla_breach', n::text, 'info',
                           CASE WHEN n % 10 = 0 THEN 'open' ELSE 'resolved' END, now(),
                           CASE WHEN n % 10 > 0 THEN now() END
                    FROM generate_series(1, 50000) n
                    """, "VACUUM ANALYZE agentpulse.alert_record", "SELECT pg_stat_reset()");
            List<AlertChange.Step> steps = List.of(
                    AlertChange.Step.POINT,
                    AlertChange.Step.OPEN,
                    AlertChange.Step.ESCALATE,
                    AlertChange.Step.RESOLVE,
                    AlertChange.Step.RESOLVE_EARLIER);
            for (int number = 0; number < steps.size(); number++) {
                writer.write(tick(2 + number, step(steps.get(number))));
            }
            Sql.run(writing, "SELECT pg_stat_force_next_flush()");
            writing.commit();
            assertThat(Long.parseLong(Sql.rows(connection, ROWS_READ).get(0))).isBetween(1L, FEW);
            assertThat(Sql.rows(connection, "SELECT status FROM agentpulse.alert WHERE subject = '70'"))
                    .as("resolved by what came behind it")
                    .containsOnly("resolved");
        }
    }

    private static TickRecord step(AlertChange.Step step) {
        return TickRecord.of(new AlertChange(
                step,
                AlertRule.APPROVAL_SLA_BREACH.alertIdAt("70", START),
                AlertRule.APPROVAL_SLA_BREACH,
                "70",
                Severity.CRITICAL,
                BigDecimal.ONE,
                BigDecimal.TEN,
                null,
                "{}",
                START));
    }
}
