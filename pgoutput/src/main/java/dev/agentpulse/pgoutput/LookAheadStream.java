package dev.agentpulse.pgoutput;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream whose first byte can be waited for without being taken out. For one reading thread. */
final class LookAheadStream extends FilterInputStream {

    private static final int NOTHING = -2;
    private static final int END = -1;

    private int ahead = NOTHING;

    LookAheadStream(InputStream in) {
        super(in);
    }

    /**
     * Waits, as long as a read of the stream below does, until a byte or the end is there.
     *
     * @return false at the end
     */
    boolean lookAhead() throws IOException {
        if (ahead == NOTHING) {
            ahead = in.read();
        }
        return ahead != END;
    }

    @Override
    public int read() throws IOException {
        if (ahead == NOTHING) {
            return in.read();
        }
        int first = ahead;
        if (first != END) {
            ahead = NOTHING;
        }
        return first;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ahead == NOTHING || length == 0) {
            return in.read(bytes, offset, length);
        }
        if (ahead == END) {
            return END;
        }
        bytes[offset] = (byte) ahead;
        ahead = NOTHING;
        int ready = Math.min(in.available(), length - 1);
        return ready > 0 ? 1 + in.read(bytes, offset + 1, ready) : 1;
    }

    @Override
    public long skip(long count) throws IOException {
        if (ahead == NOTHING || count <= 0) {
            return in.skip(count);
        }
        return read() == END ? 0 : 1;
    }

    @Override
    public int available() throws IOException {
        return in.available() + (ahead >= 0 ? 1 : 0);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
