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

/** The SLA of approvals, with deadlines of seconds: it breaches by time alone, and only for what is still pending. */
class SlaITCase {

    private static final String ALERTS = "SELECT subject, severity, status FROM agentpulse.alert";
    private static final String EVENTS =
            "SELECT payload ->> 'event', payload ->> 'severity' FROM agentpulse.channel_event"
                    + " WHERE channel = 'sla_breach_stream' ORDER BY seq";
    private static final String OPENED = "SELECT subject, alert.status, opened_at - created_at"
            + " FROM agentpulse.alert LEFT JOIN agent_approvals ON id::text = subject";

    /** Long enough that a job on a busy machine is stopped before it. */
    private static final Duration AWAY = Duration.ofSeconds(30);

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

    /**
     * Decided before its deadline or behind it, and always before the job was back; another one is still open then. One job
     * goes on with its state and the other one begins anew; both are away for the same half minute.
     */
    @Test
    void neverAlertsForWhatWasDecidedWhileTheJobWasDown() throws Exception {
        Database kept = SERVER.newMigratedDatabase();
        Database lost = SERVER.newMigratedDatabase();
        try (Connection keptRows = kept.connect();
                Connection lostRows = lost.connect();
                Pipeline withState = pipeline(kept);
                Pipeline withoutState = pipeline(lost)) {
            stopBehindRequests(withState, keptRows, "(1, 'pending', NULL), (2, 'pending', NULL), (3, 'pending', NULL)");
            reject(keptRows, 1);
            stopBehindRequests(withoutState, lostRows, "(1, 'pending', NULL), (2, 'pending', NULL)");
            reject(lostRows, 1);
            awaitDeadline(keptRows);
            reject(keptRows, 3);
            awaitDeadline(lostRows);

            withState.resume().awaitComplete();
            withoutState.start().awaitComplete();

            // The other one shows that the deadline did pass.
            assertThat(Sql.rows(keptRows, OPENED)).as("with its state").containsExactly("2|open|00:00:30");
            assertThat(Sql.rows(
                            keptRows,
                            "SELECT payload ->> 'id', payload ->> 'event' FROM agentpulse.channel_event"
                                    + " WHERE payload ->> 'event' LIKE 'sla%'"))
                    .as("with its state")
                    .containsExactly("2|sla_breach");
            assertThat(Sql.rows(lostRows, "SELECT subject FROM agentpulse.alert"))
                    .as("without state")
                    .containsExactly("2");
            assertThat(Sql.rows(
                            lostRows,
                            "SELECT DISTINCT payload ->> 'id' FROM agentpulse.channel_event"
                                    + " WHERE payload ->> 'event' LIKE 'sla%'"))
                    .as("without state")
                    .isSubsetOf("2");
        }
    }

    /** A breach stays what it is however long this takes. */
    private static Pipeline pipeline(Database database) {
        return CLUSTER.pipeline(database)
                .with(JobOptions.SLA_THRESHOLD, AWAY)
                .with(JobOptions.SLA_WARNING, Duration.ofHours(1))
                .with(JobOptions.SLA_CRITICAL, Duration.ofHours(2));
    }

    private static void stopBehindRequests(Pipeline pipeline, Connection connection, String rows) throws Exception {
        pipeline.startAndCatchUp();
        Sql.run(connection, "INSERT INTO agent_approvals (id, status, updated_at) VALUES " + rows);
        pipeline.awaitComplete();
        pipeline.awaitCheckpoint();
        pipeline.cancel();
    }

    private static void reject(Connection connection, int id) throws Exception {
        Sql.run(
                connection,
                "UPDATE agent_approvals SET status = 'rejected', updated_at = clock_timestamp() WHERE id = " + id);
    }

    private static void awaitDeadline(Connection connection) throws Exception {
        awaitRows(
                connection,
                "SELECT clock_timestamp() > created_at + interval '" + AWAY.toSeconds()
                        + " seconds' FROM agent_approvals WHERE id = 2",
                "t");
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
