package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.message;
import static dev.agentpulse.job.sink.Ticks.tick;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Notifications of ticks with many messages, and a server that has no room for them. */
class NotificationsITCase {

    private static final int LIMIT = 1000;
    private static final int FIRST = 10;

    /** The queue has room for 512 KiB. */
    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("max_notify_queue_pages", "64"));

    private static final String PADDING = "x".repeat(1000);

    private Connection writer;
    private Connection reader;
    private Connection listener;
    private TickTransaction transaction;

    @BeforeEach
    void migrate() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        reader = database.connect();
        listener = database.connect();
        writer = database.connectInRole("agentpulse_writer");
        writer.setAutoCommit(false);
        transaction = Ticks.writer(writer, new NotificationConfig(NotificationContent.PAYLOAD, LIMIT, FIRST, false));
        Sql.run(listener, "LISTEN sla_breach_stream");
    }

    @AfterEach
    void close() throws SQLException {
        writer.close();
        listener.close();
        reader.close();
    }

    @Test
    void ofMoreMessagesThanTheLimitTheFirstAreNotifiedAndThenHowManyMoreThereAre() throws SQLException {
        transaction.write(tick(1, messages(0, 2500, "")));

        assertThat(rows("SELECT count(*) FROM agentpulse.channel_event")).containsExactly("2500");
        List<String> heard = heard();
        assertThat(heard.subList(0, FIRST))
                .isEqualTo(rows("SELECT payload FROM agentpulse.channel_event ORDER BY seq LIMIT " + FIRST));
        assertThat(heard.subList(FIRST, heard.size()))
                .containsExactly(rows("SELECT '{\"event\":\"more\",\"count\":2490,\"seq\":' || max(seq) || '}'"
                                + " FROM agentpulse.channel_event")
                        .get(0));
        assertThat(leftOut()).isEqualTo("0");
    }

    @Test
    void aHintQuotesNothingAndNamesTheRow() throws SQLException {
        transaction = Ticks.writer(writer, new NotificationConfig(NotificationContent.HINT, LIMIT, FIRST, false));
        transaction.write(tick(1, messages(0, 2, PADDING)));

        List<String> seqs =
                rows("SELECT seq FROM agentpulse.channel_event WHERE payload ->> 'id' LIKE '%x' ORDER BY seq");
        assertThat(heard())
                .containsExactly(
                        "{\"seq\": " + seqs.get(0) + ", \"event\": \"sla_breach\"}",
                        "{\"seq\": " + seqs.get(1) + ", \"event\": \"sla_breach\"}");
    }

    @Test
    void asManyMessagesAsTheLimitAreAllNotified() throws SQLException {
        transaction.write(tick(1, messages(0, LIMIT, "")));

        assertThat(heard()).hasSize(LIMIT);
    }

    @Test
    void fullQueueStopsNoResultAndIsLeftWhenThereIsRoomAgain() throws SQLException {
        listener.setAutoCommit(false);
        Sql.run(listener, "SELECT 1"); // sleeps in its transaction from here on
        int ticks = 0;
        while (ticks < 20 && (ticks == 0 || leftOut().equals("0"))) {
            ticks++;
            transaction.write(tick(ticks, messages(ticks * 100, ticks * 100 + 100, PADDING)));
        }
        assertThat(rows("SELECT count(*) FROM agentpulse.channel_event")).containsExactly(String.valueOf(ticks * 100));
        assertThat(leftOut()).as("after " + ticks + " ticks").isEqualTo("100");

        transaction.write(tick(ticks + 1, messages(10_000, 10_050, PADDING)));
        assertThat(leftOut()).isEqualTo("150");

        listener.rollback();
        listener.setAutoCommit(true);
        heard();
        transaction.write(tick(ticks + 2, messages(20_000, 20_001, "")));

        assertThat(heard()).hasSize(1);
        assertThat(leftOut()).isEqualTo("150");
    }

    private static TickRecord[] messages(int from, int to, String padding) {
        return IntStream.range(from, to)
                .mapToObj(number -> TickRecord.of(message(
                        "m" + number,
                        number,
                        START,
                        "{\"event\": \"sla_breach\", \"id\": \"" + number + padding + "\"}")))
                .toArray(TickRecord[]::new);
    }

    /** What the listener was told and has not been asked for yet: a notification comes ahead of a later answer. */
    private List<String> heard() throws SQLException {
        Sql.run(listener, "SELECT 1");
        PGNotification[] notifications = listener.unwrap(PGConnection.class).getNotifications();
        List<String> heard = new ArrayList<>();
        for (PGNotification notification : notifications == null ? new PGNotification[0] : notifications) {
            heard.add(notification.getParameter());
        }
        return heard;
    }

    private String leftOut() throws SQLException {
        return rows("SELECT details ->> 'notifications_left_out' FROM agentpulse.pipeline_status")
                .get(0);
    }

    private List<String> rows(String query) throws SQLException {
        return Sql.rows(reader, query);
    }
}
