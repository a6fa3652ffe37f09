package dev.agentpulse.pgoutput;

import java.nio.charset.StandardCharsets;

/** A position in the bytes of one message; whatever would reach past its end is a {@link MalformedMessageException}. */
final class MessageReader {

    private final byte[] bytes;
    private final int from;
    private final int to;
    private final String type;
    private int at;

    /**
     * A reader that stands at a message's first byte.
     *
     * @param to the end of the message in the array, excluded
     */
    MessageReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.at = from;
        this.type = from < to ? typeName(bytes[from]) : "empty";
    }

    byte int8() {
        require(1);
        return bytes[at++];
    }

    int unsigned16() {
        require(Short.BYTES);
        int value = Bytes.int16(bytes, at) & 0xFFFF;
        at += Short.BYTES;
        return value;
    }

    int int32() {
        require(Integer.BYTES);
        int value = Bytes.int32(bytes, at);
        at += Integer.BYTES;
        return value;
    }

    long int64() {
        require(Long.BYTES);
        long value = Bytes.int64(bytes, at);
        at += Long.BYTES;
        return value;
    }

    /** A log position. */
    long lsn() {
        long value = int64();
        if (value < 0) {
            throw malformed("a log position has its highest bit set");
        }
        return value;
    }

    /** A text that ends with a zero byte. */
    String string() {
        int end = at;
        while (end < to && bytes[end] != 0) {
            end++;
        }
        if (end == to) {
            throw malformed("a text has no end");
        }
        String value = new String(bytes, at, end - at, StandardCharsets.UTF_8);
        at = end + 1;
        return value;
    }

    /** The values of a row. */
    Tuple tuple(Relation relation) {
        int size = unsigned16();
        if (size != relation.columns().size()) {
            throw malformed("a row of " + size + " columns for a table of "
                    + relation.columns().size());
        }
        require(size);
        int[] starts = new int[size];
        for (int i = 0; i < size; i++) {
            byte kind = int8();
            switch (kind) {
                case 'n' -> starts[i] = Tuple.NULL;
                case 'u' -> starts[i] = Tuple.UNCHANGED;
                case 't' -> {
                    int length = int32();
                    if (length < 0 || length > remaining()) {
                        throw malformed("column " + i + " has " + length + " bytes, and " + remaining() + " are left");
                    }
                    starts[i] = at;
                    at += length;
                }
                default -> throw malformed("column " + i + " is of the unknown kind " + shown(kind));
            }
        }
        return new Tuple(bytes, starts);
    }

    /** Skips what the caller does not need. */
    void skip(int length) {
        if (length < 0) {
            throw malformed("a length of " + length);
        }
        require(length);
        at += length;
    }

    int remaining() {
        return to - at;
    }

    /** Makes sure, ahead of an allocation, that as many bytes are there. */
    void require(long length) {
        if (length > remaining()) {
            throw malformed(length + " bytes expected, and " + remaining() + " are left");
        }
    }

    void end() {
        if (at != to) {
            throw malformed(remaining() + " bytes too many");
        }
    }

    MalformedMessageException malformed(String what) {
        return new MalformedMessageException(
                "malformed " + type + " message at byte " + (at - from) + " of " + (to - from) + ": " + what);
    }

    static String shown(byte b) {
        return b > ' ' && b < 127 ? "'" + (char) b + "'" : String.format("0x%02x", b);
    }

    private static String typeName(byte type) {
        return switch (type) {
            case 'B' -> "Begin";
            case 'C' -> "Commit";
            case 'D' -> "Delete";
            case 'I' -> "Insert";
            case 'M' -> "logical";
            case 'O' -> "Origin";
            case 'R' -> "Relation";
            case 'T' -> "Truncate";
            case 'U' -> "Update";
            case 'Y' -> "Type";
            default -> shown(type);
        };
    }
}
