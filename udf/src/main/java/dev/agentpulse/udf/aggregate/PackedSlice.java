package dev.agentpulse.udf.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * A slice that sleeps as bytes and is opened when it is used. Of the thousands of slices of an hour only the newest and
 * those that just had a late change are open.
 *
 * @param <V> the values
 * @param <R> their open form, which can be changed
 */
abstract class PackedSlice<V, R> implements Slice<V> {

    private static final byte FORMAT_VERSION = 1;
    private static final int LARGE_ROWS = 512;

    /** At least one of the two is there. Both are when the open form was read but not changed. */
    private @Nullable R open;

    private byte @Nullable [] packed;

    PackedSlice(R empty) {
        open = empty;
    }

    PackedSlice(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != FORMAT_VERSION) {
            throw new IllegalArgumentException("format version of an encoded slice must be " + FORMAT_VERSION
                    + " but is " + (bytes.length == 0 ? "missing" : bytes[0]));
        }
        packed = bytes;
    }

    abstract void write(R rows, PackedOutput out);

    abstract R read(PackedInput in);

    /** How many rows the open form holds. */
    abstract int size(R rows);

    /** The open form, to be looked at. */
    final R rows() {
        R rows = open;
        if (rows == null) {
            if (packed == null) {
                throw new IllegalStateException("a slice is either open or packed, but this one is neither");
            }
            PackedInput in = new PackedInput(packed);
            in.readUnsigned();
            rows = read(in);
            open = rows;
        }
        return rows;
    }

    /** The open form, to be changed. */
    final R rowsToChange() {
        R rows = rows();
        packed = null;
        return rows;
    }

    @Override
    public final byte[] encode() {
        byte[] bytes = packed;
        if (bytes == null) {
            PackedOutput out = new PackedOutput();
            out.writeUnsigned(FORMAT_VERSION);
            write(rows(), out);
            bytes = out.toByteArray();
            packed = bytes;
        }
        return bytes;
    }

    @Override
    public final boolean isLarge() {
        R rows = open;
        return rows != null && size(rows) >= LARGE_ROWS;
    }

    @Override
    public final void pack() {
        packed = encode();
        open = null;
    }
}
