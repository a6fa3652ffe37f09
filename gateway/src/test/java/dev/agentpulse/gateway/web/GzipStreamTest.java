package dev.agentpulse.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GzipStreamTest {

    /** Some say the same again and again, some nothing twice; the longest are larger than what a piece is made in. */
    @Property(tries = 200)
    void textsThatArePackedOnceAreRightInEachStream(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 70_000) Integer> lengths,
            @ForAll Random random)
            throws IOException {
        List<SharedText> texts =
                lengths.stream().map(length -> text(length, random)).toList();

        // Two viewers of the same texts: one has seen all of them, one came later.
        for (int from : new int[] {0, lengths.size() - 1}) {
            List<SharedText> seen = texts.subList(from, texts.size());
            GzipStream gzip = new GzipStream();
            Buffer sent = GzipStream.header();
            seen.forEach(text -> sent.appendBuffer(gzip.next(text)));
            sent.appendBuffer(gzip.end());

            try (GZIPInputStream read = new GZIPInputStream(new ByteArrayInputStream(sent.getBytes()))) {
                assertThat(new String(read.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(seen.stream()
                                .map(text -> new String(text.bytes(), StandardCharsets.UTF_8))
                                .collect(Collectors.joining()));
            }
        }
    }

    private static SharedText text(int length, Random random) {
        String letters = random.nextBoolean() ? "ab" : "";
        return new SharedText(random.ints(length, 0, letters.isEmpty() ? 0xd7ff : letters.length())
                .mapToObj(i -> String.valueOf(letters.isEmpty() ? (char) i : letters.charAt(i)))
                .collect(Collectors.joining()));
    }

    @Test
    void gzipIsTakenWhereItIsNamedAndNotRefused() {
        assertThat(List.of("gzip", "deflate, gzip;q=1.0", "GZIP ; q=0.5", "br,x-gzip"))
                .allMatch(Encodings::takesGzip);
        assertThat(List.of("", "identity", "gzip;q=0", "gzip;q=0.000", "br, gzipped"))
                .noneMatch(Encodings::takesGzip);
        assertThat(Encodings.takesGzip((String) null)).isFalse();
    }
}
