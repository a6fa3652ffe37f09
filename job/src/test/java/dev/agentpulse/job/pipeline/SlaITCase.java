package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SLA of approvals, with deadlines of seconds: it breaches by time alone, and only for what is still pending. */
class SlaITCase {

    private static final String ALERTS = "SELECT subject, severity, status FROM agentpulse.alert";
    private static final String EVENTS =
            "SELECT payload ->> 'event', payload ->> 'severity' FROM agentpulse.channel_event"
                    + " WHERE channel = 'sla_breach_stream' ORDER BY seq";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void breachesEscalatesAndResolvesOnAnIdleDatabase() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.SLA_THRESHOLD, Duration.ofSeconds(2))
                        .startAndCatchUp()) {
            Sql.run(connection, "INSERT INTO agent_approvals (id, status, updated_at) VALUES (1, 'pending', NULL)");

            awaitRows(connection, ALERTS, "1|critical|open");
            assertThat(Sql.rows(connection, """
                            SELECT opened_at - created_at, threshold, detected_at >= opened_at
                            FROM agentpulse.alert, agent_approvals
                            """)).containsExactly("00:00:02|6.00|t");
            assertThat(Sql.rows(connection, EVENTS))
                    .containsExactly("sla_breach|info", "sla_escalated|warning", "sla_escalated|critical");

            Sql.run(connection, "UPDATE agent_approvals SET status = 'approved', updated_at = clock_timestamp()");
            pipeline.awaitComplete();

            assertThat(Sql.rows(connection, ALERTS)).containsExactly("1|critical|resolved");
            assertThat(Sql.rows(connection, EVENTS)).last().isEqualTo("sla_resolved|critical");
        }
    }

    @ParameterizedTest(name = "with its state: {0}")
    @ValueSource(booleans = {true, false})
    void neverAlertsForWhatWasDecidedWhileTheJobWasDown(boolean hasState) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.SLA_THRESHOLD, Duration.ofSeconds(30))
                        .startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_approvals (id, status, updated_at)"
                            + " VALUES (1, 'pending', NULL), (2, 'pending', NULL)");
            pipeline.awaitComplete();
            pipeline.awaitCheckpoint();
            pipeline.cancel();
            Sql.run(
                    connection,
                    "UPDATE agent_approvals SET status = 'rejected', updated_at = clock_timestamp() WHERE id = 1");
            awaitRows(
                    connection,
                    "SELECT clock_timestamp() > created_at + interval '30 seconds' FROM agent_approvals WHERE id = 1",
                    "t");

            (hasState ? pipeline.resume() : pipeline.start()).awaitComplete();

            // The other one shows that the deadline did pass.
            assertThat(Sql.rows(connection, "SELECT subject FROM agentpulse.alert"))
                    .containsExactly("2");
            assertThat(Sql.rows(
                            connection,
                            "SELECT DISTINCT payload ->> 'id' FROM agentpulse.channel_event"
                                    + " WHERE payload ->> 'event' LIKE 'sla%'"))
                    .isSubsetOf("2");
        }
    }

    /** Decided after its deadline, and both before the job was back; the other one is still open then. */
    @Test
    void neverAlertsForWhatWasDecidedTooLateWhileTheJobWasDown() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.SLA_THRESHOLD, Duration.ofSeconds(30))
                        .startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_approvals (id, status, updated_at)"
                            + " VALUES (1, 'pending', NULL), (2, 'pending', NULL)");
            pipeline.awaitComplete();
            pipeline.awaitCheckpoint();
            pipeline.cancel();
            awaitRows(
                    connection,
                    "SELECT clock_timestamp() > created_at + interval '30 seconds' FROM agent_approvals WHERE id = 1",
                    "t");
            Sql.run(
                    connection,
                    "UPDATE agent_approvals SET status = 'rejected', updated_at = clock_timestamp() WHERE id = 1");

            pipeline.resume().awaitComplete();

            assertThat(Sql.rows(connection, """
                            SELECT subject, alert.status, opened_at - created_at
                            FROM agentpulse.alert JOIN agent_approvals ON id::text = subject
                            """)).containsExactly("2|open|00:00:30");
            assertThat(Sql.rows(
                            connection,
                            "SELECT payload ->> 'id', payload ->> 'event' FROM agentpulse.channel_event"
                                    + " WHERE payload ->> 'event' LIKE 'sla%'"))
                    .containsExactly("2|sla_breach");
        }
    }

    @Test
    void breachesAtOnceAndSilentlyForAnOldOneInTheSnapshot() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_approvals (id, status, created_at) VALUES (1, 'pending', now() - interval '1 hour'),"
                            + " (2, 'approved', now() - interval '1 hour'), (3, 'pending', now())");

            pipeline.startAndCatchUp();

            assertThat(Sql.rows(connection, ALERTS)).containsExactly("1|critical|open");
            assertThat(Sql.rows(connection, "SELECT payload FROM agentpulse.channel_event"))
                    .isEmpty();
        }
    }

    private static void awaitRows(Connection connection, String query, String... rows) throws Exception {
        Await.until(query + " gives " + List.of(rows), () -> Sql.rows(connection, query)
                .equals(List.of(rows)));
    }
}
