package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.RestAnswer;
import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An answer ready to be sent, to one client or to many.
 *
 * @param zipped null where it is too short to be worth it
 */
record RenderedAnswer(
        Tick tick,
        int status,
        String contentType,
        String contentRange,
        String etag,
        Buffer body,
        @Nullable Buffer zipped) {

    private static final int ZIP_FROM_BYTES = 1_000;

    static RenderedAnswer of(RestAnswer answer, RestFormat format, long offset) {
        Long total = answer.total();
        if (total != null && offset > total) {
            throw RestRange.notSatisfiable(
                    "An offset of " + offset + " was requested, but there are only " + total + " rows.");
        }
        String text =
                switch (format) {
                    case ARRAY -> Objects.requireNonNull(answer.json());
                    case OBJECT -> single(answer);
                    case CSV -> csv(answer.columns(), Objects.requireNonNull(answer.csv()));
                };
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        String size = total == null ? "*" : Long.toString(total);
        String range = answer.rows() == 0 ? "*" : offset + "-" + (offset + answer.rows() - 1);
        boolean partial = total != null && answer.rows() < total && format != RestFormat.OBJECT;
        return new RenderedAnswer(
                answer.tick(),
                partial ? 206 : 200,
                format.contentType(),
                range + "/" + size,
                "\"" + answer.tick().number() + "-" + bytes.length + "-" + Long.toHexString(checksum.getValue()) + "\"",
                Buffer.buffer(bytes),
                bytes.length < ZIP_FROM_BYTES ? null : zip(bytes));
    }

    int bytes() {
        return body.length() + (zipped == null ? 0 : zipped.length());
    }

    /** The array has one element and no blanks around it. */
    private static String single(RestAnswer answer) {
        if (answer.rows() != 1) {
            throw new RestFailure(
                    406,
                    "PGRST116",
                    "Cannot coerce the result to a single JSON object",
                    "The result contains " + answer.rows() + " rows",
                    null);
        }
        String array = Objects.requireNonNull(answer.json());
        return array.substring(1, array.length() - 1);
    }

    private static String csv(List<String> columns, List<List<@Nullable String>> rows) {
        StringBuilder text = new StringBuilder();
        line(text, columns);
        rows.forEach(row -> {
            text.append('\n');
            line(text, row);
        });
        return text.toString();
    }

    /** An empty text is quoted, a null is nothing at all. */
    private static void line(StringBuilder text, List<? extends @Nullable String> cells) {
        String separator = "";
        for (String cell : cells) {
            text.append(separator);
            separator = ",";
            if (cell == null) {
                continue;
            }
            boolean quote =
                    cell.isEmpty() || cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            text.append(quote ? "\"" + cell.replace("\"", "\"\"") + "\"" : cell);
        }
    }

    private static Buffer zip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(out.toByteArray());
    }
}
