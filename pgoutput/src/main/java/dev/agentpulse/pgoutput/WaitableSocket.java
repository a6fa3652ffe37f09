package dev.agentpulse.pgoutput;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A socket on which one can wait for bytes: the operating system wakes the reader. The driver can only look, or wait
 * without an end. Under TLS the bytes are those of the encrypted stream.
 */
final class WaitableSocket extends Socket {

    private @Nullable LookAheadStream stream;

    @Override
    public synchronized InputStream getInputStream() throws IOException {
        if (stream == null) {
            stream = new LookAheadStream(super.getInputStream());
        }
        return stream;
    }

    /**
     * Waits for bytes that nobody has read yet. The reader's own thread calls it.
     *
     * @param millis 1 or more
     * @return false when none came in that time
     * @throws EOFException when the server has closed the connection: the driver takes that for "no message yet"
     */
    boolean awaitBytes(int millis) throws IOException {
        getInputStream();
        int before = getSoTimeout();
        setSoTimeout(millis);
        try {
            if (stream != null && !stream.lookAhead()) {
                throw new EOFException("the server closed the connection");
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            if (!isClosed()) {
                setSoTimeout(before);
            }
        }
    }
}
