package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.FrozenProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class ReplicationStreamITCase {

    private static final Duration SHORT = Duration.ofMillis(200);

    @SuppressWarnings("NullAway.Init")
    private static PostgresServer server;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    private final Map<ReplicationStream, PgOutputDecoder> decoders = new HashMap<>();

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void setUp() throws SQLException {
        connection = server.connect();
        Sql.run(connection, "CREATE TABLE t (id bigint PRIMARY KEY, value text)");
        Sql.publishAll(connection, "s");
    }

    @AfterEach
    void cleanUp() throws SQLException {
        // The server notices a closed connection a moment later.
        Sql.run(
                connection,
                "DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_replication_slots WHERE active) LOOP"
                        + " PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active;"
                        + " PERFORM pg_sleep(0.01); END LOOP; END $$",
                "SELECT pg_drop_replication_slot('s')",
                "DROP PUBLICATION s",
                "DROP TABLE t");
        connection.close();
    }

    @Test
    void confirmsNothingByItselfAndAtOnceWhatItIsTold() throws SQLException {
        String before = confirmed();
        Message.Commit commit;
        try (ReplicationStream stream = open(SHORT)) {
            Sql.run(connection, "INSERT INTO t VALUES (1, 'a')");
            commit = (Message.Commit) readTransaction(stream).get(3);
            readUntilReported(stream);
            assertThat(confirmed()).isEqualTo(before);
            stream.confirm(commit.endLsn());
            awaitTrue("confirmed_flush_lsn = '"
                    + LogSequenceNumber.valueOf(commit.endLsn()).asString() + "'");
        }
        Sql.run(connection, "INSERT INTO t VALUES (2, 'b')");
        try (ReplicationStream stream = openAgain()) {
            Message.Insert next = (Message.Insert) readTransaction(stream).get(2);
            assertThat(next.after().wholeNumber(0)).isEqualTo(2);
        }
    }

    @Test
    void whatWasNotConfirmedComesAgainAndCanBeSkipped() throws SQLException {
        Sql.run(connection, "INSERT INTO t VALUES (1, 'a')", "INSERT INTO t VALUES (2, 'b')");
        long end;
        try (ReplicationStream stream = open(SHORT)) {
            List<Message> first = readTransaction(stream);
            Message.Begin begin = (Message.Begin) first.get(0);
            Message.Commit commit = (Message.Commit) first.get(3);
            assertThat(begin.finalLsn()).isEqualTo(commit.commitLsn());
            assertThat(commit.endLsn()).isGreaterThan(commit.commitLsn());
            assertThat(begin.commitMicros()).isEqualTo(commit.commitMicros());
            end = commit.endLsn();
        }
        try (ReplicationStream stream = openAgain()) {
            assertThat(id(readTransaction(stream))).isEqualTo(1);
        }
        awaitTrue("NOT active");
        try (ReplicationStream stream =
                server.stream("s").publication("s").startLsn(end).open()) {
            assertThat(id(readTransaction(stream))).isEqualTo(2);
        }
    }

    @Test
    void publicationsMayHaveAnyName() throws SQLException {
        String first = "Capital, \"quote\" 'n ";
        String second = "b\\";
        Sql.run(
                connection,
                "CREATE TABLE u (id bigint)",
                "CREATE PUBLICATION \"" + first.replace("\"", "\"\"") + "\" FOR TABLE t",
                "CREATE PUBLICATION \"" + second + "\" FOR TABLE u",
                "BEGIN",
                "INSERT INTO t VALUES (1, 'a')",
                "INSERT INTO u VALUES (2)",
                "COMMIT");
        // A publication must be older than what is decoded by it.
        try (ReplicationStream stream =
                server.stream("s").publication(first).publication(second).open()) {
            assertThat(readTransaction(stream)).hasSize(6);
        } finally {
            Sql.run(
                    connection,
                    "DROP PUBLICATION \"" + first.replace("\"", "\"\"") + "\"",
                    "DROP PUBLICATION \"" + second + "\"",
                    "DROP TABLE u");
        }
    }

    @Test
    void settingsOfTheRoleDoNotChangeTexts() throws SQLException {
        Sql.run(
                connection,
                "CREATE ROLE odd LOGIN REPLICATION",
                "ALTER ROLE odd SET datestyle = 'German'",
                "ALTER ROLE odd SET timezone = 'Asia/Kolkata'",
                "ALTER ROLE odd SET extra_float_digits = '-5'",
                "ALTER ROLE odd SET bytea_output = 'escape'",
                "ALTER ROLE odd SET intervalstyle = 'iso_8601'",
                "ALTER ROLE odd SET client_encoding = 'LATIN1'",
                "CREATE TABLE v (at timestamptz, f float8, b bytea, i interval, e text)",
                "INSERT INTO v VALUES ('2024-03-01 00:00:00+00', 0.1::float8 + 0.2, '\\x00ff', '36 hours', '€')");
        try (ReplicationStream stream = ReplicationStream.builder(
                        server.url() + "?options=-c%20datestyle=SQL", PostgresServer.login("odd"))
                .slot("s")
                .publication("s")
                .open()) {
            Tuple row = ((Message.Insert) readTransaction(stream).get(2)).after();
            assertThat(List.of(row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)))
                    .containsExactly("2024-03-01 00:00:00+00", "0.30000000000000004", "\\x00ff", "36:00:00", "€");
        } finally {
            Sql.run(connection, "DROP TABLE v", "DROP ROLE odd");
        }
    }

    @Test
    void aTransactionInTwoPhasesComesAsOneWhenItIsCommitted() throws SQLException {
        Sql.run(
                connection,
                "BEGIN",
                "INSERT INTO t VALUES (1, 'a')",
                "PREPARE TRANSACTION 'one'",
                "INSERT INTO t VALUES (2, 'b')",
                "COMMIT PREPARED 'one'");
        try (ReplicationStream stream = open(SHORT)) {
            assertThat(id(readTransaction(stream))).isEqualTo(2);
            assertThat(readTransaction(stream))
                    .extracting(message -> message.getClass().getSimpleName())
                    .containsExactly("Begin", "Insert", "Commit");
        }
    }

    @Test
    void aReadWaitsForItsMessage() throws SQLException {
        try (ReplicationStream stream = open(SHORT)) {
            assertThat(stream.waitsOnSocket()).isTrue();
            assertThat(stream.read(Duration.ofMillis(1))).isNull();
            Sql.run(connection, "INSERT INTO t VALUES (1, 'a')");
            // Reads that wait and reads that do not take turns on one socket.
            PgOutputDecoder decoder = new PgOutputDecoder();
            List<Message> messages = new ArrayList<>();
            while (messages.stream().noneMatch(Message.Commit.class::isInstance)) {
                ByteBuffer bytes = messages.size() % 2 == 0 ? stream.read(Duration.ofMinutes(1)) : stream.readPending();
                if (bytes != null) {
                    messages.add(decoder.decode(bytes));
                }
            }
            assertThat(id(messages)).isEqualTo(1);
        }
    }

    @Test
    void aSocketFactoryOfTheUrlIsUsed() throws SQLException {
        try (ReplicationStream stream = ReplicationStream.builder(
                        server.url() + "?socketFactory=" + PlainSocketFactory.class.getName(),
                        PostgresServer.login("postgres"))
                .slot("s")
                .publication("s")
                .open()) {
            assertThat(stream.waitsOnSocket()).isFalse();
            Sql.run(connection, "INSERT INTO t VALUES (1, 'a')");
            assertThat(id(readTransaction(stream))).isEqualTo(1);
        }
    }

    @Test
    void aReadThatWaitsEndsWithItsConnection() throws SQLException {
        try (ReplicationStream stream = open(SHORT)) {
            Sql.run(connection, "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active");
            assertThatThrownBy(() -> readTransaction(stream)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void aSecondReaderOfTheSlotIsRefused() throws SQLException {
        try (ReplicationStream stream = open(SHORT)) {
            assertThatThrownBy(() -> open(SHORT))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("active");
            Sql.run(connection, "INSERT INTO t VALUES (1, 'a')");
            assertThat(id(readTransaction(stream))).isEqualTo(1);
        }
    }

    @Test
    void aSilentServerThatIsThereIsLeftAlone() throws SQLException {
        try (ReplicationStream stream = open(SHORT)) {
            // Some looks of the watch: each is a connection.
            String looks = "SELECT sessions FROM pg_stat_database WHERE datname = 'postgres'";
            long before = Long.parseLong(Sql.value(connection, looks));
            while (Long.parseLong(Sql.value(connection, looks)) < before + 3) {
                assertThat(stream.readPending()).isNull();
            }
            Sql.run(connection, "INSERT INTO t VALUES (1, 'a')");
            assertThat(id(readTransaction(stream))).isEqualTo(1);
        }
    }

    @Test
    void aServerThatVanishesIsAnErrorOfTheRead() throws SQLException, IOException {
        try (FrozenProxy proxy = new FrozenProxy(server.port());
                ReplicationStream stream = ReplicationStream.builder(
                                PostgresServer.url(proxy.port()), PostgresServer.login("postgres"))
                        .slot("s")
                        .publication("s")
                        .silenceLimit(SHORT)
                        .open()) {
            Sql.run(connection, "INSERT INTO t VALUES (1, 'a')");
            assertThat(id(readTransaction(stream))).isEqualTo(1);
            proxy.freeze();
            assertThatThrownBy(() -> readTransaction(stream))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("the server does not answer");
        }
    }

    @Test
    void aServerThatCrashesIsAnErrorOfTheRead() throws SQLException, IOException {
        try (FrozenProxy proxy = new FrozenProxy(server.port());
                ReplicationStream stream = ReplicationStream.builder(
                                PostgresServer.url(proxy.port()), PostgresServer.login("postgres"))
                        .slot("s")
                        .publication("s")
                        .statusInterval(Duration.ofHours(1))
                        .silenceLimit(Duration.ofHours(1))
                        .open()) {
            Sql.run(connection, "INSERT INTO t VALUES (1, 'a')");
            assertThat(id(readTransaction(stream))).isEqualTo(1);
            // The connection is closed without a last word, as when a server is killed.
            proxy.close();
            assertThatThrownBy(
                            () -> assertThat(stream.read(Duration.ofMinutes(1))).isNull())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("the server closed the connection");
        }
    }

    @Test
    void aReaderThatPausesIsNotDisconnected() throws SQLException {
        Sql.run(connection, "ALTER SYSTEM SET wal_sender_timeout = '3s'", "SELECT pg_reload_conf()");
        try (ReplicationStream stream = open(Duration.ofMinutes(1))) {
            // Longer than the server's patience, by its own clock.
            Sql.run(connection, "SELECT pg_sleep(7)", "INSERT INTO t VALUES (1, 'a')");
            assertThat(id(readTransaction(stream))).isEqualTo(1);
        } finally {
            Sql.run(connection, "ALTER SYSTEM RESET wal_sender_timeout", "SELECT pg_reload_conf()");
        }
    }

    @Test
    void slotNamesThatNoServerAllowsAreRefused() {
        assertThatThrownBy(() -> server.stream("s\"; DROP")).isInstanceOf(IllegalArgumentException.class);
    }

    private static ReplicationStream open(Duration silence) throws SQLException {
        return server.stream("s")
                .publication("s")
                .statusInterval(SHORT)
                .silenceLimit(silence)
                .open();
    }

    /** Opens when the server has noticed that the stream before is closed. */
    private ReplicationStream openAgain() throws SQLException {
        awaitTrue("NOT active");
        return open(SHORT);
    }

    private String confirmed() throws SQLException {
        return Sql.value(connection, "SELECT confirmed_flush_lsn FROM pg_replication_slots");
    }

    private void awaitTrue(String condition) throws SQLException {
        while (!Sql.value(connection, "SELECT " + condition + " FROM pg_replication_slots")
                .equals("t")) {
            Thread.onSpinWait();
        }
    }

    /** Reads nothing more until the server has received a report that is younger than this call. */
    private void readUntilReported(ReplicationStream stream) throws SQLException {
        String asked = Sql.value(connection, "SELECT clock_timestamp()");
        String reported = "SELECT reply_time > '" + asked + "' FROM pg_stat_replication";
        while (!Sql.value(connection, reported).equals("t")) {
            assertThat(stream.readPending()).isNull();
        }
    }

    private List<Message> readTransaction(ReplicationStream stream) throws SQLException {
        PgOutputDecoder decoder = decoders.computeIfAbsent(stream, any -> new PgOutputDecoder());
        List<Message> messages = new ArrayList<>();
        while (messages.isEmpty() || !(messages.get(messages.size() - 1) instanceof Message.Commit)) {
            ByteBuffer bytes = stream.read(Duration.ofMinutes(1));
            if (bytes != null) {
                messages.add(decoder.decode(bytes));
            }
        }
        return messages;
    }

    private static long id(List<Message> transaction) {
        return transaction.stream()
                .filter(Message.Insert.class::isInstance)
                .map(message -> ((Message.Insert) message).after().wholeNumber(0))
                .findFirst()
                .orElseThrow();
    }
}
