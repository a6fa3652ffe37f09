package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link PackedOutput} wrote, in the same order. */
final class PackedInput {

    private final byte[] bytes;
    private int position;

    PackedInput(byte[] bytes) {
        this.bytes = bytes;
    }

    long readUnsigned() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes[position++];
            value |= (next & 0x7FL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    long readSigned() {
        long value = readUnsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    int readCount() {
        return Math.toIntExact(readUnsigned());
    }

    /** Whether the next byte is a zero, which then is skipped. */
    boolean skipZero() {
        if (bytes[position] != 0) {
            return false;
        }
        position++;
        return true;
    }

    String readString() {
        return new String(readBytes(), StandardCharsets.UTF_8);
    }

    BigDecimal readDecimal() {
        int scale = Math.toIntExact(readSigned());
        return new BigDecimal(new BigInteger(readBytes()), scale);
    }

    private byte[] readBytes() {
        int length = readCount();
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }
}
