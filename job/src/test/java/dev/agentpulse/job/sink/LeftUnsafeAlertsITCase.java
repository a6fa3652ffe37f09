package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows that were made safe or deleted while no job read the log. */
class LeftUnsafeAlertsITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @Test
    void areResolvedByAJobThatBeginsAnewAndLeftAloneByOneThatGoesOn() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        JobConfig config = config(database);
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "INSERT INTO public.agent_feedback (id, safe_to_send, created_at)"
                            + " SELECT n, false, '2020-01-01'"
                            + " FROM generate_series(1, 3) n",
                    "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at, detected_at)"
                            + " SELECT 'unsafe_response:' || id, 'unsafe_response', id::text, 'critical', 'open', now(), now()"
                            + " FROM public.agent_feedback",
                    "UPDATE public.agent_feedback SET safe_to_send = true WHERE id::text LIKE '%2'",
                    "DELETE FROM public.agent_feedback WHERE id::text LIKE '%3'");

            new SourceWatcher(config, false).look();
            assertThat(Sql.rows(connection, "SELECT DISTINCT status FROM agentpulse.alert"))
                    .containsExactly("open");

            new SourceWatcher(config, true).look();
            assertThat(Sql.rows(connection, "SELECT right(subject, 1), status FROM agentpulse.alert ORDER BY subject"))
                    .containsExactly("1|open", "2|resolved", "3|resolved");
        }
    }

    @Test
    void anAlertOfAnIdThatTheColumnCannotHoldIsOver() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        JobConfig config = config(database);
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "INSERT INTO public.agent_feedback (id, safe_to_send, created_at) VALUES (1, false, '2020-01-01')",
                    "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at, detected_at)"
                            + " SELECT 'unsafe_response:' || id, 'unsafe_response', id, 'critical', 'open', now(), now()"
                            + " FROM unnest('{1,fb-12,99999999999999999999,zz}'::text[]) AS t (id)");

            new SourceWatcher(config, true).look();

            assertThat(Sql.rows(connection, "SELECT subject FROM agentpulse.alert WHERE status = 'open'"))
                    .containsExactly("1");
        }
    }

    private static JobConfig config(Database database) {
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        return JobConfig.from(options);
    }
}
