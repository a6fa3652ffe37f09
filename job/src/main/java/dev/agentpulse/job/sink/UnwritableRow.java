package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.Payload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * A row that the database refuses for what it holds, as the ledger takes it: every text is short, and made of characters
 * that a text and a jsonb can hold.
 *
 * @param eventKey of the table and the row's key, so that a row that is refused again and again has one entry
 * @param title the row's key, for people
 * @param lsn position of its tick; 0 while it is unknown
 */
record UnwritableRow(String eventKey, String table, String title, String problem, String rowJson, long lsn) {

    static final String REASON = "cannot_be_written";

    private static final int TEXT_LENGTH = 300;
    private static final char REPLACEMENT = '\uFFFD';

    static <R> UnwritableRow of(BatchStatement<R> statement, R row, SQLException problem) {
        String key = statement.keyColumns().stream()
                .map(column -> String.valueOf(column.value().apply(row)))
                .collect(Collectors.joining(":"));
        String sentence = writable(String.valueOf(problem.getMessage()));
        ObjectNode json = Payload.object();
        json.put("problem", sentence);
        ObjectNode values = json.putObject("row");
        for (Column<R> column : statement.columns()) {
            Object value = column.value().apply(row);
            values.put(column.name(), value == null ? null : writable(value.toString()));
        }
        return new UnwritableRow(
                REASON + ":" + statement.table() + ":" + digest(key),
                statement.table(),
                writable(key),
                sentence,
                json.toString(),
                0);
    }

    UnwritableRow at(long tickLsn) {
        return new UnwritableRow(eventKey, table, title, problem, rowJson, tickLsn);
    }

    private static String digest(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The beginning of a text, without U+0000 and halves of surrogate pairs. */
    private static String writable(String given) {
        StringBuilder written = new StringBuilder();
        given.codePoints().limit(TEXT_LENGTH).forEach(character -> {
            boolean holdable =
                    character != 0 && (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE);
            written.appendCodePoint(holdable ? character : REPLACEMENT);
        });
        return written.toString();
    }
}
