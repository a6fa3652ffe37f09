package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Damaged messages. The resource holds messages of a real server as {@link RecordingITCase} took them down: all kinds, in
 * hex, one a line.
 */
class MalformedMessageTest {

    private static final long SEED = Long.getLong("pgoutput.seed", 1);
    private static final int DAMAGES_A_MESSAGE = 3000;
    private static final long ALLOCATION_LIMIT = 256 << 10;

    private final List<byte[]> messages = recorded();

    static List<byte[]> recorded() {
        try (InputStream in = MalformedMessageTest.class.getResourceAsStream("/recorded-messages.hex")) {
            if (in == null) {
                throw new IllegalStateException("no recorded messages");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(HexFormat.of()::parseHex)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyKindIsRecorded() {
        PgOutputDecoder decoder = new PgOutputDecoder();
        List<String> kinds = new ArrayList<>();
        for (byte[] message : messages) {
            Message decoded = decoder.decode(ByteBuffer.wrap(message));
            kinds.add(
                    decoded instanceof Message.Ignored ignored ? ignored.kind().name() : kind(decoded));
        }
        assertThat(kinds)
                .contains("Begin", "Commit", "Relation", "Insert", "Update", "Delete", "Truncate", "TYPE", "ORIGIN")
                .contains("LOGICAL_MESSAGE");
    }

    private static String kind(Message message) {
        return message.getClass().getSimpleName();
    }

    @Test
    void everyPrefixIsMalformed() {
        PgOutputDecoder decoder = decoderOfAll();
        for (byte[] message : messages) {
            for (int length = 0; length < message.length; length++) {
                ByteBuffer prefix = ByteBuffer.wrap(message, 0, length);
                assertThatThrownBy(() -> decoder.decode(prefix)).isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Test
    void bytesTooManyAreMalformed() {
        PgOutputDecoder decoder = decoderOfAll();
        for (byte[] message : messages) {
            byte[] longer = java.util.Arrays.copyOf(message, message.length + 1);
            assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(longer)))
                    .isInstanceOf(MalformedMessageException.class)
                    .hasMessageContaining("too many");
        }
    }

    @Test
    void damagedMessagesAreDecodedOrMalformedAndNothingElse() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        int malformed = 0;
        PgOutputDecoder decoder = decoderOfAll();
        for (byte[] message : messages) {
            for (int i = 0; i < DAMAGES_A_MESSAGE; i++) {
                byte[] damaged = damage(message, random);
                String hex = HexFormat.of().formatHex(damaged);
                long before = Allocation.ofThisThread();
                try {
                    Message decoded = decoder.decode(ByteBuffer.wrap(damaged));
                    if (decoded instanceof Relation) {
                        // Its shape is not that of the rows recorded.
                        decoder = decoderOfAll();
                    }
                    readAll(decoded);
                } catch (MalformedMessageException e) {
                    malformed++;
                    assertThat(e).hasMessageContaining(" message at byte ");
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + SEED + ", " + hex, e);
                }
                assertThat(Allocation.ofThisThread() - before)
                        .as("seed %s, %s", SEED, hex)
                        .isLessThan(ALLOCATION_LIMIT);
            }
        }
        assertThat(malformed).isPositive();
    }

    private static byte[] damage(byte[] message, Random random) {
        byte[] damaged = message.clone();
        switch (random.nextInt(4)) {
            case 0 -> damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
            }
            case 2 -> {
                // A length or a number that is far too large.
                int at = random.nextInt(damaged.length);
                damaged[at] = (byte) (random.nextBoolean() ? 0x7F : 0xFF);
            }
            default -> {
                byte[] noise = new byte[random.nextInt(40)];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, 0, Math.min(noise.length, damaged.length));
                damaged[0] = random.nextInt(4) == 0 ? damaged[0] : message[0];
            }
        }
        return damaged;
    }

    /** Reads each value as each type. */
    private static void readAll(Message message) {
        if (message instanceof Message.Insert insert) {
            readAll(insert.after());
        } else if (message instanceof Message.Update update) {
            readAll(update.after());
        } else if (message instanceof Message.Delete delete) {
            readAll(delete.before());
        }
    }

    private static void readAll(Tuple tuple) {
        List<IntConsumer> readings =
                List.of(tuple::wholeNumber, tuple::bool, tuple::timestampMicros, tuple::array, tuple::text);
        for (int i = 0; i < tuple.size(); i++) {
            if (!tuple.isNull(i) && !tuple.isUnchanged(i)) {
                tuple.isValidText(i);
                for (IntConsumer reading : readings) {
                    try {
                        reading.accept(i);
                    } catch (MalformedValueException expected) {
                        // Most values are of one type only.
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', malformed empty message at byte 0 of 0: 1 bytes expected",
        "58, 'malformed ''X'' message at byte 1 of 1: the type is not known'",
        "4900000001, malformed Insert message at byte 5 of 5: the table with oid 1 was not described before",
        "5400000001, malformed Truncate message at byte 5 of 5: 1 bytes expected",
        "547fffffff00, malformed Truncate message at byte 6 of 6: 8589934588 bytes expected",
        "43ff, malformed Commit message at byte 2 of 2: flags 0xff are not known"
    })
    void saysWhatIsWrongAndWhere(String hex, String text) {
        assertThatThrownBy(() -> new PgOutputDecoder()
                        .decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex))))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith(text);
    }

    private PgOutputDecoder decoderOfAll() {
        PgOutputDecoder decoder = new PgOutputDecoder();
        messages.forEach(message -> decoder.decode(ByteBuffer.wrap(message)));
        return decoder;
    }
}
