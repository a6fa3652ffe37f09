package dev.agentpulse.udf.aggregate;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Writes numbers in as few bytes as they need: seven bits a byte, lowest first, the eighth bit says "more follows". */
final class PackedOutput {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Writes any long; small non-negative ones are short. */
    void writeUnsigned(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    /** Writes any long; those near zero, of either sign, are short. */
    void writeSigned(long value) {
        writeUnsigned((value << 1) ^ (value >> 63));
    }

    void writeString(String value) {
        writeBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void writeDecimal(BigDecimal value) {
        writeSigned(value.scale());
        writeBytes(value.unscaledValue().toByteArray());
    }

    private void writeBytes(byte[] value) {
        writeUnsigned(value.length);
        bytes.write(value, 0, value.length);
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
