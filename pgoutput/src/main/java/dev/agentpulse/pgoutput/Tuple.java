package dev.agentpulse.pgoutput;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of a row: a view over the bytes of its message. Nothing is copied or made into a String before it is asked
 * for, and the message's bytes stay in memory as long as the tuple does.
 *
 * <p>Columns count from 0, in the order of {@link Relation#columns}; another index is an
 * {@link IndexOutOfBoundsException}. To ask for the value of a column that is null or unchanged is an
 * {@link IllegalStateException}; a value that is not of the type asked for a {@link MalformedValueException}.
 */
public final class Tuple {

    /** In place of a value's position. */
    static final int NULL = -1;

    /** In place of a value's position. */
    static final int UNCHANGED = -2;

    private static final int CHECKED_AT_ONCE = 4096;

    private final byte[] bytes;
    // A value's first byte; its length stands in the four bytes before.
    private final int[] starts;

    Tuple(byte[] bytes, int[] starts) {
        this.bytes = bytes;
        this.starts = starts;
    }

    /**
     * A tuple of values that come from elsewhere, from a query for instance, printed by the same output functions.
     *
     * @param values the bytes of a value a column, null for SQL NULL
     */
    public static Tuple of(byte[] @Nullable [] values) {
        int size = 0;
        for (byte[] value : values) {
            size += Integer.BYTES + (value == null ? 0 : value.length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        int[] starts = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            byte[] value = values[i];
            if (value == null) {
                starts[i] = NULL;
            } else {
                bytes.putInt(value.length);
                starts[i] = bytes.position();
                bytes.put(value);
            }
        }
        return new Tuple(bytes.array(), starts);
    }

    /** The number of columns. */
    public int size() {
        return starts.length;
    }

    /** Whether the column is SQL NULL, or (in a row before a change that holds the key alone) not part of the key. */
    public boolean isNull(int column) {
        return starts[column] == NULL;
    }

    /** Whether the stream leaves the value out because the update did not change it; large values are, if not FULL. */
    public boolean isUnchanged(int column) {
        return starts[column] == UNCHANGED;
    }

    /** The length of the value's text in bytes. */
    public int length(int column) {
        return Bytes.int32(bytes, start(column) - Integer.BYTES);
    }

    /** The value as text. Bytes that are not UTF-8 become U+FFFD; {@link #isValidText} tells whether there are any. */
    public String text(int column) {
        return new String(bytes, start(column), length(column), StandardCharsets.UTF_8);
    }

    /**
     * The beginning of the value as text; no more of it is decoded than that.
     *
     * @param maxChars the greatest number of UTF-16 units of the result, 0 or more; a surrogate pair is not cut apart
     */
    public String text(int column, int maxChars) {
        if (maxChars < 0) {
            throw new IllegalArgumentException("maxChars is " + maxChars + ", not 0 or more");
        }
        int length = length(column);
        if (length <= maxChars) {
            // A byte makes at most one UTF-16 unit.
            return text(column);
        }
        CharBuffer chars = CharBuffer.allocate(maxChars);
        StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
                .decode(ByteBuffer.wrap(bytes, start(column), length), chars, true);
        return chars.flip().toString();
    }

    /** Whether the value's bytes are UTF-8 throughout; a database in SQL_ASCII may hold others. */
    public boolean isValidText(int column) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, start(column), length(column));
        CharBuffer out = CharBuffer.allocate(CHECKED_AT_ONCE);
        CoderResult result;
        do {
            result = decoder.decode(in, out.clear(), true);
        } while (result.isOverflow());
        return !result.isError();
    }

    /** The value of a {@code smallint}, {@code integer} or {@code bigint}, or of a whole {@code numeric}. */
    public long wholeNumber(int column) {
        int start = start(column);
        return NumberText.wholeNumber(bytes, start, start + length(column));
    }

    /** The value of a {@code boolean}. */
    public boolean bool(int column) {
        int start = start(column);
        int length = length(column);
        if (length == 1 && (bytes[start] == 't' || bytes[start] == 'f')) {
            return bytes[start] == 't';
        }
        throw new MalformedValueException("a boolean", bytes, start, start + length);
    }

    /**
     * The value of a {@code timestamptz}, or of a {@code timestamp} taken as UTC, in microseconds since 1970-01-01 UTC;
     * {@link TimestampText#INFINITY} and {@link TimestampText#NEGATIVE_INFINITY} for Postgres's infinities.
     */
    public long timestampMicros(int column) {
        int start = start(column);
        return TimestampText.micros(bytes, start, start + length(column));
    }

    /**
     * The elements of an array of one dimension, or none of an empty one, whatever its bounds.
     *
     * @throws MalformedValueException also when the array has several dimensions, see {@link #array}
     */
    public List<@Nullable String> textArray(int column) {
        ArrayText array = array(column);
        if (array.dimensions() > 1) {
            int start = start(column);
            throw new MalformedValueException("an array of one dimension", bytes, start, start + length(column));
        }
        return array.elements();
    }

    /** An array of any number of dimensions. */
    public ArrayText array(int column) {
        int start = start(column);
        return ArrayText.parse(bytes, start, start + length(column));
    }

    private int start(int column) {
        int start = starts[column];
        if (start < 0) {
            throw new IllegalStateException(
                    "column " + column + (start == NULL ? " is null" : " is unchanged, and not sent"));
        }
        return start;
    }
}
