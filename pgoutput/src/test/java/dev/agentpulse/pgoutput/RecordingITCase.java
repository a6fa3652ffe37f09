package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * One message of each kind, from a server: what {@link MalformedMessageTest} damages. The messages are left in
 * {@code target/recorded-messages.hex}, to be checked in when more kinds are wanted.
 */
class RecordingITCase {

    private static final Path RECORDED = Path.of("target", "recorded-messages.hex");

    @Test
    void theServerSendsEveryKindOfMessage() throws SQLException, IOException {
        try (PostgresServer server = PostgresServer.start();
                Connection connection = server.connect()) {
            Sql.run(
                    connection,
                    "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                    "CREATE TABLE t (id bigint PRIMARY KEY, m mood, tags text[], at timestamptz, large text, ok boolean)",
                    "ALTER TABLE t ALTER COLUMN large SET STORAGE EXTERNAL",
                    "CREATE TABLE f (id integer, note text)",
                    "ALTER TABLE f REPLICA IDENTITY FULL");
            Sql.publishAll(connection, "recorded");
            Sql.run(
                    connection,
                    "SELECT pg_replication_origin_create('elsewhere')",
                    "SELECT pg_replication_origin_session_setup('elsewhere')",
                    "INSERT INTO t VALUES (1, 'sad', '{a,NULL,\"b c\"}', '2024-02-29 12:34:56.789+05:30', repeat('x', 3000), true),"
                            + " (2, NULL, '[0:1]={€,😀}', 'infinity', NULL, false)",
                    "UPDATE t SET m = 'happy' WHERE id = 1",
                    "UPDATE t SET id = 3 WHERE id = 2",
                    "DELETE FROM t WHERE id = 3",
                    "INSERT INTO f VALUES (1, 'one')",
                    "UPDATE f SET note = NULL",
                    "DELETE FROM f",
                    "TRUNCATE t, f RESTART IDENTITY CASCADE",
                    "SELECT pg_logical_emit_message(true, 'prefix', 'content')",
                    "INSERT INTO f VALUES (2, 'the last')");
            List<String> lines = new ArrayList<>();
            // The function, because it passes the option for logical messages on.
            String query = "SELECT encode(data, 'hex') FROM pg_logical_slot_get_binary_changes('recorded', NULL, NULL,"
                    + " 'proto_version', '1', 'publication_names', 'recorded', 'messages', 'true')";
            for (List<@Nullable String> row : Sql.rows(connection, query)) {
                lines.add(String.valueOf(row.get(0)));
            }
            Files.write(RECORDED, lines);
            PgOutputDecoder decoder = new PgOutputDecoder();
            List<String> kinds = lines.stream()
                    .map(HexFormat.of()::parseHex)
                    .map(ByteBuffer::wrap)
                    .map(decoder::decode)
                    .map(message -> message.getClass().getSimpleName())
                    .distinct()
                    .toList();
            assertThat(kinds)
                    .containsExactlyInAnyOrder(
                            "Begin", "Ignored", "Relation", "Insert", "Commit", "Update", "Delete", "Truncate");
        }
    }
}
