package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LookAheadStreamTest {

    @Test
    void bytesComeOnceAndInOrderWheneverOneIsLookedAt() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(50)];
            random.nextBytes(bytes);

            assertThat(read(new LookAheadStream(new ByteArrayInputStream(bytes)), random))
                    .as("seed %d", seed)
                    .isEqualTo(bytes);
        }
    }

    @Test
    void byteThatWasLookedAtIsAvailable() throws IOException {
        LookAheadStream stream = new LookAheadStream(new ByteArrayInputStream(new byte[] {1, 2}));
        stream.lookAhead();
        assertThat(stream.available()).isEqualTo(2);
        assertThat(stream.skip(2)).isEqualTo(1);
        assertThat(stream.available()).isEqualTo(1);
    }

    @Test
    void endThatWasLookedAtStaysTheEnd() throws IOException {
        LookAheadStream stream = new LookAheadStream(new ByteArrayInputStream(new byte[0]));
        stream.lookAhead();
        assertThat(stream.available()).isZero();
        assertThat(stream.read()).isEqualTo(-1);
        assertThat(stream.read(new byte[4], 0, 4)).isEqualTo(-1);
        assertThat(stream.skip(1)).isZero();
    }

    private static byte[] read(LookAheadStream stream, Random random) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] buffer = new byte[9];
        while (true) {
            if (random.nextBoolean()) {
                stream.lookAhead();
            }
            if (random.nextInt(3) == 0) {
                int one = stream.read();
                if (one < 0) {
                    return read.toByteArray();
                }
                read.write(one);
            } else {
                int offset = random.nextInt(buffer.length);
                int count = stream.read(buffer, offset, buffer.length - offset);
                if (count < 0) {
                    return read.toByteArray();
                }
                read.write(buffer, offset, count);
            }
        }
    }
}
