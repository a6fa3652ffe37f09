package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.LINEAGE;
import static dev.agentpulse.job.sink.Ticks.health;
import static dev.agentpulse.job.sink.Ticks.message;
import static dev.agentpulse.job.sink.Ticks.tick;
import static dev.agentpulse.job.sink.Ticks.tickOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What a tick leaves behind, written once, twice, and by the next job; with the writer role's rights only. */
class TickTransactionITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private final List<Connection> writers = new ArrayList<>();
    private Database database;
    private Connection reader;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
        reader = database.connect();
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection writer : writers) {
            writer.close();
        }
        reader.close();
    }

    @Test
    void tickLeavesItsRowsAndItsProgress() throws SQLException {
        boolean written = writer().write(tick(1, health("sales", "degraded", START)));

        assertThat(written).isTrue();
        assertThat(rows("SELECT agent, health_status FROM agentpulse.agent_health"))
                .containsExactly("sales|degraded");
        assertThat(rows("SELECT component, tick, commit_lsn, as_of = to_timestamp(1700000001),"
                        + " changes_read, changes_late, changes_rejected, changes_replayed,"
                        + " details -> 'agent_queries' ->> 'read' FROM agentpulse.pipeline_status"))
                .containsExactly("tick-writer|1|0/1000|t|6|3|1|2|4");
    }

    @Test
    void onlyTheFirstTickOfAJobIsCompletedWithZeros() throws SQLException {
        String windows = "SELECT window_name, window_end - window_start FROM agentpulse.training_quality ORDER BY 2";
        TickTransaction writer = writer();
        writer.write(tick(1));
        assertThat(rows(windows)).containsExactly("1m|00:01:00", "5m|00:05:00", "1h|01:00:00", "24h|1 day");
        assertThat(rows("SELECT queue, pending_count FROM agentpulse.approval_queue"))
                .containsExactly("all|0");
        Sql.run(reader, "DELETE FROM agentpulse.training_quality");

        writer.write(tick(2));
        assertThat(rows(windows)).as("what state holds is not known here").isEmpty();

        writer().write(tickOf(LINEAGE + 1, 1));
        assertThat(rows(windows)).hasSize(4);
    }

    @Test
    void tickAtOrBeforeTheStoredOneChangesNothing() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(5, health("sales", "degraded", START + 5 * SECOND)));
        List<String> before = everything();

        for (long replayed : new long[] {1, 4, 5}) {
            assertThat(writer.write(tick(
                            replayed,
                            health("sales", "healthy", START),
                            health("legal", "healthy", START),
                            TickRecord.of(open("old", START)),
                            TickRecord.of(message("old", 1, START)))))
                    .isFalse();
            assertThat(writer().write(tick(replayed, health("sales", "healthy", START))))
                    .as("nor by a writer that was started anew")
                    .isFalse();
        }

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void failedTickLeavesNothingAndCanBeWrittenAgain() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, health("sales", "healthy", START)));
        List<String> before = everything();
        Sql.run(reader, """
                CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'object_not_in_prerequisite_state'; END $$""");
        Sql.run(
                reader,
                "CREATE TRIGGER refuse BEFORE INSERT ON agentpulse.channel_event"
                        + " FOR EACH ROW EXECUTE FUNCTION public.refuse()");

        assertThatThrownBy(() -> writer.write(tick(
                        2, health("sales", "degraded", START + 2 * SECOND), TickRecord.of(message("k", 1, START)))))
                .isInstanceOf(SQLException.class);
        assertThat(everything()).isEqualTo(before);

        assertThat(writer.write(tick(2, health("sales", "degraded", START + 2 * SECOND))))
                .isTrue();
    }

    @Test
    void alertAndMessageAreThereOnceThoughALaterTickSaysThemAgain() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, TickRecord.of(open("a", START)), TickRecord.of(message("a", 1, START))));
        writer.write(tick(
                2,
                TickRecord.of(open("a", START)),
                TickRecord.of(message("a", 1, START)),
                TickRecord.of(message("b", 2, START)),
                TickRecord.of(message("b", 2, START))));

        assertThat(rows("SELECT count(*) FROM agentpulse.alert")).containsExactly("1");
        assertThat(rows("SELECT event_key FROM agentpulse.channel_event ORDER BY seq"))
                .containsExactly("a", "b");
    }

    /** Of an approval that was decided while the job was away it comes all the same, see docs/decisions/0005-ticks.md. */
    @Test
    void endOfABreachIsSaidOfAnAlertThatIsThereOnly() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, TickRecord.of(open("a", START))));
        writer.write(tick(
                2,
                TickRecord.of(step(AlertChange.Step.RESOLVE, "a", START, Severity.INFO)),
                TickRecord.of(resolved("a", START)),
                TickRecord.of(step(AlertChange.Step.RESOLVE, "b", START, Severity.INFO)),
                TickRecord.of(resolved("b", START))));

        assertThat(rows("SELECT subject, status FROM agentpulse.alert")).containsExactly("a|resolved");
        assertThat(rows("SELECT event_key FROM agentpulse.channel_event"))
                .containsExactly("sla_resolved:" + id("a", START));
    }

    @Test
    void listenersHearEachMessageOnceInTheOrderOfTheLogWithItsNumber() throws SQLException {
        try (Connection listener = database.connect()) {
            Sql.run(listener, "LISTEN sla_breach_stream");
            TickTransaction writer = writer();
            writer.write(tick(
                    1,
                    TickRecord.of(message("c", 3, START)),
                    TickRecord.of(message("a", 1, START)),
                    TickRecord.of(message("b", 2, START))));
            writer.write(tick(1, TickRecord.of(message("a", 1, START))));
            writer.write(
                    tick(2, TickRecord.of(message("a", 1, START)), TickRecord.of(message("d", 1, START + SECOND))));

            // A notification comes ahead of a later answer.
            Sql.run(listener, "SELECT 1");
            PGNotification[] notifications = listener.unwrap(PGConnection.class).getNotifications();
            List<String> heard = new ArrayList<>();
            for (PGNotification notification : notifications == null ? new PGNotification[0] : notifications) {
                heard.add(notification.getParameter());
            }

            assertThat(heard)
                    .isEqualTo(rows("SELECT payload FROM agentpulse.channel_event ORDER BY seq"))
                    .hasSize(4);
            assertThat(rows("SELECT event_key FROM agentpulse.channel_event ORDER BY seq"))
                    .containsExactly("a", "b", "c", "d");
            assertThat(rows("SELECT count(*) FROM agentpulse.channel_event WHERE (payload ->> 'seq')::bigint = seq"
                            + " AND payload ->> 'event' = 'sla_breach'"))
                    .containsExactly("4");
        }
    }

    @Test
    void whatAPersonWroteStays() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, TickRecord.of(open("a", START))));
        Sql.run(reader, "SELECT agentpulse.acknowledge_alert('" + id("a", START) + "', 'dana')");

        writer.write(tick(
                2,
                TickRecord.of(open("a", START)),
                TickRecord.of(step(AlertChange.Step.ESCALATE, "a", START, Severity.CRITICAL))));
        assertThat(rows("SELECT status, severity, acknowledged_by FROM agentpulse.alert"))
                .containsExactly("acknowledged|critical|postgres");

        writer.write(tick(3, TickRecord.of(step(AlertChange.Step.RESOLVE, "a", START, Severity.CRITICAL))));
        assertThat(rows("SELECT status, acknowledged_by, acknowledged_at IS NULL FROM agentpulse.alert"))
                .containsExactly("resolved|postgres|f");
    }

    @Test
    void resolvedAlertNeitherGetsWorseNorOpensAgain() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(
                1,
                TickRecord.of(open("a", START)),
                TickRecord.of(step(AlertChange.Step.RESOLVE, "a", START, Severity.INFO))));
        writer.write(tick(
                2,
                TickRecord.of(open("a", START)),
                TickRecord.of(step(AlertChange.Step.ESCALATE, "a", START, Severity.CRITICAL))));

        assertThat(rows("SELECT status, severity FROM agentpulse.alert")).containsExactly("resolved|info");
    }

    @Test
    void openingsEscalationsAndEndsOfOneTickAllCount() throws SQLException {
        writer().write(tick(
                1,
                TickRecord.of(open("a", START)),
                TickRecord.of(step(AlertChange.Step.ESCALATE, "a", START, Severity.WARNING)),
                TickRecord.of(step(AlertChange.Step.ESCALATE, "a", START, Severity.CRITICAL)),
                TickRecord.of(step(AlertChange.Step.RESOLVE, "a", START, Severity.CRITICAL)),
                TickRecord.of(open("a", START + MINUTE)),
                TickRecord.of(step(AlertChange.Step.POINT, "p", START, Severity.WARNING))));

        assertThat(rows("SELECT subject, severity, status, resolved_at IS NULL FROM agentpulse.alert"
                        + " ORDER BY alert_id"))
                .containsExactly("a|critical|resolved|f", "a|info|open|t", "p|warning|resolved|f");
    }

    @Test
    void endOfWhatASubjectHadOpenLeavesLaterOnesAndOtherSubjects() throws SQLException {
        writer().write(tick(
                1,
                TickRecord.of(unsafe(AlertChange.Step.OPEN, "f1", 100, 1)),
                TickRecord.of(unsafe(AlertChange.Step.OPEN, "f2", 100, 2)),
                TickRecord.of(unsafe(AlertChange.Step.RESOLVE_EARLIER, "f1", 200, 1)),
                TickRecord.of(unsafe(AlertChange.Step.OPEN, "f1", 200, 2))));

        assertThat(rows("SELECT subject, status FROM agentpulse.alert ORDER BY alert_id"))
                .containsExactly("f1|resolved", "f1|open", "f2|open");
    }

    @Test
    void eachEndOfASubjectsAlertsIsTheFirstAfterIt() throws SQLException {
        writer().write(tick(
                1,
                TickRecord.of(unsafe(AlertChange.Step.OPEN, "f1", 100, 1)),
                TickRecord.of(unsafe(AlertChange.Step.RESOLVE_EARLIER, "f1", 200, 1)),
                TickRecord.of(unsafe(AlertChange.Step.OPEN, "f1", 300, 1)),
                TickRecord.of(unsafe(AlertChange.Step.RESOLVE_EARLIER, "f1", 400, 1))));

        assertThat(rows("SELECT status, (extract(epoch FROM resolved_at) * 1000000)::bigint - " + START
                        + " FROM agentpulse.alert ORDER BY alert_id"))
                .containsExactly("resolved|200", "resolved|400");
    }

    @Test
    void agentThatTheJobFindsIdleKeepsTheStoredSinceAndLastQuery() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, health("sales", "idle", START)));
        writer.write(tick(2, foundIdle("sales", START + 2 * SECOND), foundIdle("new", START + 2 * SECOND)));

        assertThat(rows("SELECT agent, extract(epoch FROM since)::bigint - 1700000000,"
                        + " extract(epoch FROM last_query_at)::bigint - 1700000000"
                        + " FROM agentpulse.agent_health ORDER BY agent"))
                .containsExactly("new|2|null", "sales|0|0");
    }

    @Test
    void sinceIsTheLastChangeThoughTheStatusIsTheStoredOneAgain() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, health("sales", "degraded", START)));
        writer.write(
                tick(2, health("sales", "healthy", START + SECOND), health("sales", "degraded", START + 2 * SECOND)));

        assertThat(since("sales")).isEqualTo(2);
    }

    @Test
    void agentThatBecameIdleAndWasForgottenWithinOneWrittenTickIsIdleSinceThen() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, health("sales", "idle", START)));
        writer.write(tick(2, health("sales", "idle", START + 2 * SECOND), foundIdle("sales", START + 9 * SECOND)));
        assertThat(since("sales")).isEqualTo(2);

        Tick merged = tick(3, health("sales", "idle", START + 20 * SECOND));
        merged.append(tick(4, foundIdle("sales", START + 30 * SECOND)));
        writer.write(merged);
        assertThat(since("sales")).isEqualTo(20);
    }

    @Test
    void unmatchedRetractionsAddUpInTheStatus() throws SQLException {
        TickTransaction writer = writer();
        writer.write(tick(1, TickRecord.ofUnmatchedRetractions(2)));
        writer.write(tick(2, TickRecord.ofUnmatchedRetractions(1), TickRecord.ofUnmatchedRetractions(4)));
        writer.write(tick(3));

        assertThat(rows("SELECT details ->> 'unmatched_retractions' FROM agentpulse.pipeline_status"))
                .containsExactly("7");
    }

    private long since(String agent) throws SQLException {
        return Long.parseLong(rows("SELECT extract(epoch FROM since)::bigint - 1700000000 FROM agentpulse.agent_health"
                        + " WHERE agent = '" + agent + "'")
                .get(0));
    }

    private static TickRecord foundIdle(String agent, long sinceMicros) {
        return TickRecord.of(new AgentHealthRow(agent, "idle", sinceMicros, false, null, null));
    }

    @Test
    void jobThatStartsAnewReplacesWhatTheOldOneLeft() throws SQLException {
        writer().write(tick(
                9,
                health("gone", "healthy", START),
                health("sales", "degraded", START),
                TickRecord.of(open("stays", START)),
                TickRecord.of(open("ended", START)),
                TickRecord.of(unsafe(AlertChange.Step.OPEN, "f1", 100, 1)),
                TickRecord.of(message("a", 1, START))));
        Sql.run(reader, "SELECT agentpulse.acknowledge_alert('" + id("stays", START) + "', 'dana')");

        writer().write(tickOf(LINEAGE + 1, 1, health("sales", "healthy", START), TickRecord.of(open("stays", START))));

        assertThat(rows("SELECT agent, health_status FROM agentpulse.agent_health"))
                .containsExactly("sales|healthy");
        assertThat(rows("SELECT subject, status FROM agentpulse.alert ORDER BY subject"))
                .containsExactly("ended|resolved", "f1|open", "stays|acknowledged");
        assertThat(rows("SELECT event_key FROM agentpulse.channel_event")).containsExactly("a");
        assertThat(rows("SELECT tick FROM agentpulse.pipeline_status")).containsExactly("1");
    }

    @Test
    void jobThatStartsAnewKeepsSinceWhenAnAgentHasBeenInItsStatus() throws SQLException {
        writer().write(tick(9, health("sales", "degraded", START), health("legal", "warning", START)));

        writer().write(tickOf(
                LINEAGE + 1,
                1,
                health("sales", "degraded", START + 20 * SECOND),
                health("legal", "healthy", START + 20 * SECOND)));
        assertThat(List.of(since("sales"), since("legal"))).containsExactly(0L, 20L);

        writer().write(tickOf(LINEAGE + 1, 2, health("sales", "degraded", START + 30 * SECOND)));
        assertThat(since("sales")).as("a change and back").isEqualTo(30);
    }

    @Test
    void writerWhoseDatabaseAnotherJobTookOverFailsForGood() throws SQLException {
        TickTransaction old = writer();
        old.write(tick(1, health("sales", "healthy", START)));
        writer().write(tickOf(LINEAGE + 1, 1, health("sales", "warning", START)));
        List<String> before = everything();

        assertThatThrownBy(() -> old.write(tick(2, health("sales", "degraded", START))))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("Another AgentPulse job");
        assertThat(everything()).isEqualTo(before);
    }

    private TickTransaction writer() throws SQLException {
        Connection connection = database.connectInRole("agentpulse_writer");
        connection.setAutoCommit(false);
        writers.add(connection);
        return Ticks.writer(connection, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false));
    }

    private List<String> rows(String query) throws SQLException {
        return Sql.rows(reader, query);
    }

    /** All that a reader could notice. */
    private List<String> everything() throws SQLException {
        List<String> everything = new ArrayList<>();
        for (String table : List.of("agent_health", "alert", "channel_event", "pipeline_status")) {
            everything.addAll(rows("SELECT t.* FROM agentpulse." + table + " t ORDER BY t::text"));
        }
        return everything;
    }

    private static AlertChange open(String subject, long openedAt) {
        return step(AlertChange.Step.OPEN, subject, openedAt, Severity.INFO);
    }

    private static AlertChange step(AlertChange.Step step, String subject, long openedAt, Severity severity) {
        return alert(step, id(subject, openedAt), AlertRule.APPROVAL_SLA_BREACH, subject, severity, openedAt);
    }

    private static ChannelMessage resolved(String subject, long openedAt) {
        return new ChannelMessage(
                ChannelMessage.SLA_RESOLVED + ":" + id(subject, openedAt),
                Channel.SLA_BREACH,
                ChannelMessage.SLA_RESOLVED,
                "{\"event\": \"sla_resolved\"}",
                LogPosition.ofTime(START),
                START);
    }

    private static String id(String subject, long openedAt) {
        return AlertRule.APPROVAL_SLA_BREACH.alertIdAt(subject, openedAt);
    }

    private static AlertChange unsafe(AlertChange.Step step, String subject, long lsn, int ordinal) {
        LogPosition position = new LogPosition(START + lsn, lsn, ordinal, 0);
        return alert(
                step,
                AlertRule.UNSAFE_RESPONSE.alertIdAt(subject, position),
                AlertRule.UNSAFE_RESPONSE,
                subject,
                Severity.CRITICAL,
                position.timeMicros());
    }

    private static AlertChange alert(
            AlertChange.Step step, String id, AlertRule rule, String subject, @Nullable Severity severity, long time) {
        return new AlertChange(step, id, rule, subject, severity, BigDecimal.ONE, BigDecimal.TEN, null, "{}", time);
    }
}
