package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.LINEAGE;
import static dev.agentpulse.job.sink.Ticks.message;
import static dev.agentpulse.job.sink.Ticks.tick;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a message carries besides its text, and where it is broadcast. */
class MessageRowsITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Database database;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bigint", "integer", "smallint", "order_number"})
    void aNumberInTheSourceIsANumberInTheMessage(String type) throws SQLException {
        run(
                "CREATE DOMAIN public.positive AS bigint",
                "CREATE DOMAIN public.order_number AS public.positive",
                "ALTER TABLE public.agent_approvals ALTER COLUMN id DROP IDENTITY IF EXISTS",
                "ALTER TABLE public.agent_approvals ALTER COLUMN id TYPE "
                        + (type.equals("order_number") ? "public.order_number" : type));

        write("7", "-3");

        assertThat(ids()).containsExactly("number 7", "number -3");
    }

    @ParameterizedTest
    @CsvSource({"text, 007", "uuid, 0b8e4f0e-5a8b-4a39-8f43-6d1a3a3b6a11"})
    void aTextInTheSourceIsATextInTheMessage(String type, String id) throws SQLException {
        run("ALTER TABLE public.agent_approvals DROP COLUMN id CASCADE, ADD COLUMN id " + type);

        write(id);

        assertThat(ids()).containsExactly("string " + id);
    }

    /** Messages of a restored job may be older than the column's type. */
    @Test
    void whatIsNoNumberStaysWhatItIs() throws SQLException {
        write("a-1", "12345678901234567890", "9223372036854775807");

        assertThat(ids()).containsExactly("string a-1", "string 12345678901234567890", "number 9223372036854775807");
    }

    @Test
    void aMessageThatWasPutAsideIsTheSameAsOneThatWasNot() throws SQLException {
        try (Connection writer = database.connectInRole("agentpulse_writer")) {
            writer.setAutoCommit(false);
            TickTransaction transaction =
                    Ticks.writer(writer, new NotificationConfig(NotificationContent.PAYLOAD, 2, 1, false));
            transaction.write(tick(1, messages("direct ").toArray(TickRecord[]::new)));
            new StagedRecords(
                            writer,
                            NumberedRows.channels(writer, SampleConfig.of().source()))
                    .stage(
                            LINEAGE,
                            messages("staged ").stream()
                                    .map(record -> new BegunTick.Entry(START + 2 * SECOND, record))
                                    .toList());
            Tick staged = tick(2);
            staged.staged = true;
            transaction.write(staged);
        }

        assertThat(messagesOf("staged")).hasSize(6).isEqualTo(messagesOf("direct"));
        assertThat(rows("SELECT count(*) FROM agentpulse.channel_event WHERE (payload ->> 'seq')::bigint <> seq"))
                .containsExactly("0");
    }

    /** Nothing analyzes the table meanwhile, so a plan that fits what it held at first would read all of it for each tick. */
    @Test
    void messagesAreLookedUpByTheirKeysHoweverFastTheirTableGrows() throws SQLException {
        try (Connection writer = database.connect(SessionKind.BY_KEY)) {
            writer.setAutoCommit(false);
            TickTransaction transaction =
                    Ticks.writer(writer, new NotificationConfig(NotificationContent.PAYLOAD, 100, 100, false));
            for (int number = 1; number <= 100; number++) {
                transaction.write(tick(number, messages(number + " ").toArray(TickRecord[]::new)));
            }
            Sql.run(writer, "SELECT pg_stat_force_next_flush()");
            writer.commit();
        }

        assertThat(rows("SELECT n_tup_ins, seq_tup_read FROM pg_stat_user_tables WHERE relname = 'channel_event'"))
                .containsExactly("600|0");
    }

    private static List<TickRecord> messages(String keyPrefix) {
        List<String> ids = List.of("7", "-3", "a-1", "007", "12345678901234567890", "9223372036854775807");
        return IntStream.range(0, ids.size())
                .mapToObj(n -> TickRecord.of(message(
                        keyPrefix + n,
                        n,
                        START,
                        "{\"event\":\"sla_breach\",\"id\":\"" + ids.get(n)
                                + "\",\"conversation_id\":\"\\\"id\\\":\\\"5\\\" \\u001f \\\\ ö\"}")))
                .toList();
    }

    private List<String> messagesOf(String prefix) throws SQLException {
        return rows("SELECT channel, payload - 'seq', event_time FROM agentpulse.channel_event WHERE event_key LIKE '"
                + prefix + " %' ORDER BY seq");
    }

    @Test
    void eachTableIsLookedAtByItself() throws SQLException {
        run("ALTER TABLE public.agent_approvals DROP COLUMN id CASCADE, ADD COLUMN id text");

        try (Connection writer = database.connectInRole("agentpulse_writer")) {
            assertThat(NumberedRows.channels(writer, SampleConfig.of().source()))
                    .containsExactly(Channel.AGENT_QUERIES, Channel.TRAINING_FEEDBACK);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void broadcastsOnPrivateChannelsUnlessToldOtherwise(boolean isPublic) throws SQLException {
        run(
                "CREATE SCHEMA realtime",
                "CREATE TABLE realtime.sent (event text, topic text, private boolean)",
                "CREATE FUNCTION realtime.send(payload jsonb, event text, topic text, private boolean) RETURNS void"
                        + " LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO realtime.sent VALUES ($2, $3, $4)'",
                "GRANT USAGE ON SCHEMA realtime TO agentpulse_writer");

        write(isPublic, "7");

        assertThat(rows("SELECT * FROM realtime.sent"))
                .containsExactly("sla_breach|sla_breach_stream|" + (isPublic ? "f" : "t"));
    }

    private void write(String... ids) throws SQLException {
        write(false, ids);
    }

    private void write(boolean isPublic, String... ids) throws SQLException {
        try (Connection writer = database.connectInRole("agentpulse_writer")) {
            writer.setAutoCommit(false);
            TickRecord[] messages = IntStream.range(0, ids.length)
                    .mapToObj(n -> TickRecord.of(message(ids[n], n, START)))
                    .toArray(TickRecord[]::new);
            Ticks.writer(writer, new NotificationConfig(NotificationContent.PAYLOAD, 10, 10, isPublic))
                    .write(tick(1, messages));
        }
    }

    private List<String> ids() throws SQLException {
        return rows("SELECT jsonb_typeof(payload -> 'id') || ' ' || (payload ->> 'id') FROM agentpulse.channel_event"
                + " ORDER BY seq");
    }

    private void run(String... statements) throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(connection, statements);
        }
    }

    private List<String> rows(String query) throws SQLException {
        try (Connection connection = database.connect()) {
            return Sql.rows(connection, query);
        }
    }
}
