package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.LINEAGE;
import static dev.agentpulse.job.sink.Ticks.message;
import static dev.agentpulse.job.sink.Ticks.tick;
import static dev.agentpulse.job.sink.Ticks.tickOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.AnnotatorActivityRow;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TransactionProgress;
import dev.agentpulse.job.model.WindowEdges;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A tick whose messages and alert steps were put aside leaves what one leaves that held them; with the writer role's rights. */
class StagedTickITCase {

    private static final int LIMIT = 3_000;
    private static final int FIRST = 10;
    private static final long SEED = 8;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Connection writer;
    private Connection reader;
    private StagedRecords staged;
    private TickTransaction transaction;

    @BeforeEach
    void migrate() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        reader = database.connect();
        writer = database.connectInRole("agentpulse_writer");
        writer.setAutoCommit(false);
        staged = new StagedRecords(writer, Set.of());
        transaction = transaction();
        Sql.run(reader, "LISTEN sla_breach_stream");
    }

    private TickTransaction transaction() throws SQLException {
        return Ticks.writer(writer, new NotificationConfig(NotificationContent.PAYLOAD, LIMIT, FIRST, false));
    }

    @AfterEach
    void close() throws SQLException {
        writer.close();
        reader.close();
    }

    @Test
    void messagesAreNumberedInTheOrderOfTheLogWhateverOrderTheyWereStagedIn() throws SQLException {
        List<BegunTick.Entry> events = messages(1, 5_000);
        Collections.shuffle(events, new Random(SEED));
        staged.stage(LINEAGE, events.subList(0, 2_500));
        staged.stage(LINEAGE, events.subList(2_500, 5_000));
        assertThat(rows("SELECT count(*) FROM agentpulse.channel_event")).containsExactly("0");

        assertThat(transaction.write(stagedTick(1))).isTrue();

        assertThat(rows("SELECT count(*), count(*) FILTER (WHERE (payload ->> 'seq')::bigint = seq) FROM"
                        + " agentpulse.channel_event"))
                .containsExactly("5000|5000");
        assertThat(rows("SELECT event_key FROM agentpulse.channel_event ORDER BY seq"))
                .isEqualTo(messages(1, 5_000).stream()
                        .map(event -> String.valueOf(
                                StagedRecord.of(1, event, Set.of()).key()))
                        .toList());
        List<String> heard = heard();
        assertThat(heard).hasSize(FIRST + 1);
        assertThat(heard.get(FIRST)).contains("\"event\":\"more\"", "\"count\":4990");
    }

    @Test
    void asManyMessagesAsTheLimitAreAllNotified() throws SQLException {
        staged.stage(LINEAGE, messages(1, LIMIT));

        transaction.write(stagedTick(1));

        assertThat(heard()).hasSize(LIMIT);
    }

    @Test
    void whatIsStagedTwiceOrOfAnotherTickIsThereOnceAndInItsTick() throws SQLException {
        staged.stage(LINEAGE, messages(1, 100));
        staged.stage(LINEAGE, messages(2, 100));
        transaction.write(stagedTick(1));
        assertThat(keys()).hasSize(100).allMatch(key -> key.startsWith("1-"));

        // After a failure, both come again.
        staged.stage(LINEAGE, messages(1, 100));
        staged.stage(LINEAGE, messages(2, 100));
        assertThat(transaction.write(stagedTick(1))).isFalse();
        transaction.write(stagedTick(2));

        assertThat(keys()).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void oneThatWasPublishedBeforeIsNotPublishedAgain() throws SQLException {
        Sql.run(
                reader,
                "INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time)"
                        + " VALUES ('1-4500', 'sla_breach_stream', '{}', now())");
        staged.stage(LINEAGE, messages(1, 5_000));

        transaction.write(stagedTick(1));

        assertThat(keys()).hasSize(5_000).doesNotHaveDuplicates().startsWith("1-4500", "1-1", "1-2");
        assertThat(heard()).hasSize(FIRST + 1).last().asString().contains("\"count\":4989");
    }

    @Test
    void whatAnotherLineageStagedIsNotPublished() throws SQLException {
        staged.stage(LINEAGE + 1, messages(1, 10));

        transaction.write(stagedTick(1));

        assertThat(keys()).isEmpty();
    }

    @Test
    void stepsOfAnAlertCountInTheirOrder() throws SQLException {
        List<BegunTick.Entry> events = new ArrayList<>();
        for (int subject = 0; subject < 3_000; subject++) {
            events.add(step(AlertChange.Step.RESOLVE, subject, Severity.CRITICAL, 3));
            events.add(step(AlertChange.Step.ESCALATE, subject, Severity.CRITICAL, 2));
            events.add(step(AlertChange.Step.ESCALATE, subject, Severity.WARNING, 1));
            events.add(step(AlertChange.Step.OPEN, subject, Severity.INFO, 0));
        }
        staged.stage(LINEAGE, events);

        transaction.write(stagedTick(1));

        assertThat(rows("SELECT status, severity, count(*), min(value), max(resolved_at) ="
                        + " to_timestamp(1700000000.000003) FROM agentpulse.alert GROUP BY 1, 2"))
                .containsExactly("resolved|critical|3000|301.50|t");
    }

    /** The ends of breaches that were held back come without their alerts. */
    @Test
    void endsOfBreachesArePublishedWhereTheirAlertIs() throws SQLException {
        List<BegunTick.Entry> events = new ArrayList<>();
        for (int subject = 0; subject < 6_000; subject++) {
            if (subject % 2 == 0) {
                events.add(step(AlertChange.Step.OPEN, subject, Severity.INFO, 0));
            }
            events.add(step(AlertChange.Step.RESOLVE, subject, Severity.INFO, 1));
            events.add(new BegunTick.Entry(START + 1, TickRecord.of(resolved(subject))));
        }
        staged.stage(LINEAGE, events);

        transaction.write(stagedTick(1));

        assertThat(
                        rows(
                                "SELECT count(*), count(DISTINCT alert_id), bool_and(status = 'resolved')"
                                        + " FROM agentpulse.alert JOIN agentpulse.channel_event ON event_key = 'sla_resolved:' || alert_id"))
                .containsExactly("3000|3000|t");
        assertThat(keys()).hasSize(3_000);
        assertThat(heard()).last().asString().contains("\"more\"");
    }

    private static ChannelMessage resolved(int subject) {
        return new ChannelMessage(
                ChannelMessage.SLA_RESOLVED + ":"
                        + AlertRule.APPROVAL_SLA_BREACH.alertIdAt(Integer.toString(subject), START),
                Channel.SLA_BREACH,
                ChannelMessage.SLA_RESOLVED,
                "{\"event\":\"sla_resolved\"}",
                LogPosition.ofTime(START + 1),
                START + 1);
    }

    @Test
    void alertsThatAJobWhichStartsAnewStagesAreOpenStill() throws SQLException {
        transaction.write(tick(
                1,
                TickRecord.of(alert(AlertChange.Step.OPEN, 1, Severity.INFO, 0)),
                TickRecord.of(alert(AlertChange.Step.OPEN, 2, Severity.INFO, 0))));
        TickTransaction next = transaction();
        staged.stage(LINEAGE + 1, List.of(step(AlertChange.Step.OPEN, 2, Severity.INFO, 0)));
        Tick first = tickOf(LINEAGE + 1, 1);
        first.staged = true;

        next.write(first);

        assertThat(rows("SELECT subject, status FROM agentpulse.alert ORDER BY subject"))
                .containsExactly("1|resolved", "2|open");
    }

    @Test
    void rowsOfAgentsAndAnnotatorsAreWrittenFromWhereTheyWereStaged() throws SQLException {
        transaction.write(tick(1, rows("1h", 1, 1_500).toArray(TickRecord[]::new)));
        BegunTick begun = new BegunTick();
        begun.restore(List.of(), true);
        // Nobody closes the time of 3: it is left of a run that failed.
        staged.stage(LINEAGE, at(START + 3 * SECOND, rows("1h", 3, 1_500)));
        rows("1h", 2, 3_000).forEach(row -> begun.add(START + 2 * SECOND, row));
        staged.stage(LINEAGE, begun.takeForStaging());
        rows("5m", 2, 10).forEach(row -> begun.add(START + 2 * SECOND, row));
        begun.add(START + 2 * SECOND, progress(2));
        begun.add(START + 4 * SECOND, progress(4));
        Tick tick = stageAndClose(begun, 2);
        Tick later = stageAndClose(begun, 4);
        assertThat(tick.performance).isEmpty();

        tick.append(later);
        transaction.write(tick);

        assertThat(rows("SELECT window_name, query_count, avg_latency_ms, p95_latency_ms, count(*)"
                        + " FROM agentpulse.agent_performance GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"))
                .containsExactly("1h|2|2.50|null|3000", "5m|2|2.50|null|10");
        assertThat(rows("SELECT health_status, avg_latency_ms_1m, count(*) FROM agentpulse.agent_health GROUP BY 1, 2"))
                .containsExactly("healthy|2.50|3000");
        assertThat(rows("SELECT window_name, feedback_count, avg_overall, count(*)"
                        + " FROM agentpulse.annotator_activity GROUP BY 1, 2, 3 ORDER BY 1"))
                .containsExactly("1h|2|4.50|3000", "5m|2|4.50|10");
    }

    private Tick stageAndClose(BegunTick begun, long number) throws SQLException {
        BegunTick.Closed closed = Objects.requireNonNull(begun.close(START + number * SECOND));
        staged.stage(LINEAGE, closed.toStage());
        return closed.tick();
    }

    /** A row of each kind for each of so many names. */
    private static List<TickRecord> rows(String window, long count, int names) {
        List<TickRecord> rows = new ArrayList<>();
        WindowEdges edges = new WindowEdges(window, START, START + count * SECOND);
        BigDecimal average = new BigDecimal(count + ".50");
        for (int n = 0; n < names; n++) {
            rows.add(TickRecord.of(new AgentPerformanceRow(
                    "agent \"ö\" " + n,
                    edges,
                    new AgentPerformanceRow.Figures(
                            count, average, 3, 2, null, 3, 0, 0, 0, count, null, 0, BigDecimal.ZERO, null))));
            rows.add(TickRecord.of(
                    new AgentHealthRow("agent \"ö\" " + n, "healthy", START, true, average, START + count)));
            rows.add(TickRecord.of(new AnnotatorActivityRow(
                    "annotator " + n,
                    edges,
                    new AnnotatorActivityRow.Figures(count, 1, 0, new BigDecimal("4.50"), START))));
        }
        return rows;
    }

    private static List<BegunTick.Entry> at(long timeMicros, List<TickRecord> records) {
        return records.stream()
                .map(record -> new BegunTick.Entry(timeMicros, record))
                .toList();
    }

    private static TickRecord progress(long number) {
        return TickRecord.of(Objects.requireNonNull(tick(number).progress));
    }

    @Test
    void roomIsGivenBackAndWhatIsStillOnItsWayStays() throws SQLException {
        staged.stage(LINEAGE, messages(1, 50));
        staged.stage(LINEAGE, messages(2, 30));
        transaction.write(stagedTick(1));

        staged.removeUntil(LINEAGE, START + SECOND);
        assertThat(rows("SELECT count(*) FROM agentpulse.staged_record")).containsExactly("30");
        assertThat(staged.isEmpty()).isFalse();

        staged.removeUntil(LINEAGE, START + 2 * SECOND);
        assertThat(rows("SELECT count(*) FROM agentpulse.staged_record")).containsExactly("0");
        assertThat(staged.isEmpty()).isTrue();
    }

    @Test
    void statusShowsHowFarATransactionIsUntilItsTick() throws SQLException {
        transaction.write(tick(1));

        transaction.show(new TransactionProgress(LINEAGE, START + 2 * SECOND, 350_000));
        transaction.show(new TransactionProgress(LINEAGE + 1, START + 2 * SECOND, 7));

        assertThat(rows("SELECT tick, details -> 'transaction' ->> 'changes',"
                        + " (details -> 'transaction' ->> 'committed_at')::timestamptz = to_timestamp(1700000002)"
                        + " FROM agentpulse.pipeline_status"))
                .containsExactly("1|350000|t");

        transaction.write(tick(2));
        assertThat(rows("SELECT tick, details -> 'transaction' FROM agentpulse.pipeline_status"))
                .containsExactly("2|null");
    }

    private static Tick stagedTick(long number) {
        Tick tick = tick(number);
        tick.staged = true;
        return tick;
    }

    /** So many messages of a tick. */
    private static List<BegunTick.Entry> messages(long tick, int count) {
        List<BegunTick.Entry> messages = new ArrayList<>();
        long time = START + tick * SECOND;
        for (int ordinal = 1; ordinal <= count; ordinal++) {
            messages.add(new BegunTick.Entry(time, TickRecord.of(message(tick + "-" + ordinal, ordinal, time))));
        }
        return messages;
    }

    private static BegunTick.Entry step(AlertChange.Step step, int subject, Severity severity, long afterMicros) {
        return new BegunTick.Entry(START + afterMicros, TickRecord.of(alert(step, subject, severity, afterMicros)));
    }

    private static AlertChange alert(AlertChange.Step step, int subject, Severity severity, long afterMicros) {
        return new AlertChange(
                step,
                AlertRule.APPROVAL_SLA_BREACH.alertIdAt(Integer.toString(subject), START),
                AlertRule.APPROVAL_SLA_BREACH,
                Integer.toString(subject),
                severity,
                new BigDecimal("301.50"),
                new BigDecimal("300.00"),
                null,
                "{\"created_at\": \"ö\"}",
                START + afterMicros);
    }

    private List<String> keys() throws SQLException {
        return rows("SELECT event_key FROM agentpulse.channel_event ORDER BY seq");
    }

    private List<String> heard() throws SQLException {
        Sql.run(reader, "SELECT 1");
        List<String> heard = new ArrayList<>();
        PGNotification[] notifications = reader.unwrap(PGConnection.class).getNotifications();
        for (PGNotification notification : notifications == null ? new PGNotification[0] : notifications) {
            heard.add(notification.getParameter());
        }
        return heard;
    }

    private List<String> rows(String query) throws SQLException {
        return Sql.rows(reader, query);
    }
}
