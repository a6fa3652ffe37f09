package dev.agentpulse.pgoutput;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The stream of a replication slot with the plugin pgoutput. It confirms nothing by itself: the slot moves only when
 * {@link #confirm} says so. One thread reads; {@link #confirm} and {@link #close} may be called by others.
 *
 * <p><b>A server that vanishes.</b> The driver's socket timeout does not help: the driver takes it for "no message yet",
 * and in the middle of a message it loses its place (so it is switched off here). Instead a watch of the stream's own
 * looks, when nothing came for a while, over a second, ordinary connection whether the slot is still read by this stream,
 * and if not (or if the server does not answer), breaks the connection off: the reader then gets the error within some 15 s
 * by default. A server that is silent because it decodes a large transaction is left alone. The watch also reports to the
 * server while the reader pauses, so that the server does not end the connection ({@code wal_sender_timeout}).
 */
public final class ReplicationStream implements AutoCloseable {

    /** So that the state of the stream is reported in time. */
    private static final long MOST_MILLIS_A_WAIT = 1_000;

    /** Between two looks at a socket that cannot be waited for. */
    private static final long PAUSE_WITHOUT_SOCKET_NANOS = 5_000_000;

    // The driver closes a connection that nothing refers to any more, its stream notwithstanding.
    private final Connection connection;
    private final PGReplicationStream stream;
    private final StreamWatch watch;
    private final @Nullable WaitableSocket socket;

    private ReplicationStream(ReplicationConnection.Opened opened, PGReplicationStream stream, StreamWatch watch) {
        this.connection = opened.connection();
        this.socket = opened.socket();
        this.stream = stream;
        this.watch = watch;
    }

    /**
     * Starts to describe a stream.
     *
     * @param url a JDBC URL; it is passed to the driver as it is, so that its parameters (TLS, several hosts) hold here as
     *     they do for every other connection
     * @param properties the driver's, user and password for instance; the URL's parameters have precedence
     */
    public static ReplicationStreamBuilder builder(String url, java.util.Properties properties) {
        return new ReplicationStreamBuilder(url, properties);
    }

    static ReplicationStream start(
            ReplicationConnection opener,
            String slot,
            boolean temporary,
            String publicationNames,
            long startLsn,
            Duration statusInterval,
            Duration silence)
            throws SQLException {
        ReplicationConnection.Opened opened = opener.openForReplication();
        Connection connection = opened.connection();
        try {
            PGConnection driver = connection.unwrap(PGConnection.class);
            if (temporary) {
                driver.getReplicationAPI()
                        .createReplicationSlot()
                        .logical()
                        .withSlotName(slot)
                        .withOutputPlugin("pgoutput")
                        .withTemporaryOption()
                        .make();
            }
            PGReplicationStream stream = driver.getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(slot)
                    .withStartPosition(LogSequenceNumber.valueOf(startLsn))
                    .withAutomaticFlush(false)
                    .withStatusInterval(Math.toIntExact(statusInterval.toMillis()), TimeUnit.MILLISECONDS)
                    .withSlotOption("proto_version", "1")
                    .withSlotOption("publication_names", publicationNames)
                    .start();
            SlotCheck check = new SlotCheck(opener, slot, driver.getBackendPID());
            return new ReplicationStream(
                    opened, stream, StreamWatch.start(connection, stream, check, statusInterval, silence));
        } catch (SQLException | RuntimeException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /**
     * The next message, or null when none came in time. Waits on the socket, so that it costs nothing and a message is
     * there at once; unless URL or properties name a {@code socketFactory}, whose sockets it looks at every 5 ms.
     *
     * @param patience how long to wait for a message to begin
     * @return as of {@link #readPending}
     * @throws SQLException as {@link #readPending}
     */
    public @Nullable ByteBuffer read(Duration patience) throws SQLException {
        long begun = System.nanoTime();
        ByteBuffer message = readPending();
        while (message == null) {
            long millisLeft = patience.minusNanos(System.nanoTime() - begun).toMillis();
            if (millisLeft < 1) {
                return null;
            }
            awaitBytes((int) Math.min(millisLeft, MOST_MILLIS_A_WAIT));
            message = readPending();
        }
        return message;
    }

    /** False when the URL or the properties name a socket factory: then a read looks every few milliseconds. */
    boolean waitsOnSocket() {
        return socket != null;
    }

    private void awaitBytes(int millis) throws SQLException {
        if (socket == null) {
            LockSupport.parkNanos(PAUSE_WITHOUT_SOCKET_NANOS);
            return;
        }
        try {
            socket.awaitBytes(millis);
        } catch (IOException e) {
            throw watch.explain(new SQLException("the replication stream broke: " + e.getMessage(), "08006", e));
        }
    }

    /**
     * The next message, or null when there is none yet. Waits for a millisecond at most, unless a message has begun to
     * arrive. Reports the state of the stream to the server when that is due.
     *
     * @return a buffer with an array of its own, for {@link PgOutputDecoder#decode}
     * @throws SQLException when the server ended the stream, the connection broke or the server vanished
     */
    public @Nullable ByteBuffer readPending() throws SQLException {
        watch.readBegins();
        try {
            ByteBuffer message = stream.readPending();
            if (message == null && stream.isClosed()) {
                throw new SQLException("the server ended the replication stream", "08006");
            }
            watch.readEnds(message != null, stream.getLastReceiveLSN().asLong());
            return message;
        } catch (SQLException e) {
            throw watch.explain(e);
        }
    }

    /**
     * The position that the server has sent up to: that of the last message, or beyond it, when the server said meanwhile
     * that there is nothing for this slot up to there. It may be confirmed when all messages read were dealt with and none
     * of a transaction is outstanding, which keeps the slot moving while its tables are silent.
     */
    public long lastReceiveLsn() {
        return stream.getLastReceiveLSN().asLong();
    }

    /**
     * Lets the server forget everything before a position, at once and for good.
     *
     * @param lsn the {@code endLsn} of a Commit, or {@link #lastReceiveLsn} under its conditions; lower ones than the slot
     *     holds have no effect
     */
    public void confirm(long lsn) throws SQLException {
        LogSequenceNumber position = LogSequenceNumber.valueOf(lsn);
        stream.setFlushedLSN(position);
        stream.setAppliedLSN(position);
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            throw watch.explain(e);
        }
    }

    /** Ends the connection; the slot stays. What was read and not confirmed comes again. */
    @Override
    public void close() throws SQLException {
        watch.stop();
        // Not the stream's own close, which reads on until the server has sent all that it meant to send.
        connection.abort(Runnable::run);
    }
}
