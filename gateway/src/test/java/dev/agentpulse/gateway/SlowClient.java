package dev.agentpulse.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that reads nothing until it is told to, with the smallest room that the system gives. */
final class SlowClient implements AutoCloseable {

    private static final int LEAST_ROOM = 4_096;
    private static final int CHUNK = 16_384;
    private static final int SHORT_FRAME = 126;

    private final Socket socket;

    private SlowClient(GatewayServer server, String request) throws IOException {
        socket = new Socket();
        // Before the connection is made: the room is agreed on with it.
        socket.setReceiveBufferSize(LEAST_ROOM);
        socket.setSoTimeout(Math.toIntExact(Await.BOUND.toMillis()));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        write(request.getBytes(StandardCharsets.US_ASCII));
    }

    static SlowClient events(GatewayServer server, long lastSeq) throws IOException {
        return new SlowClient(
                server,
                "GET /api/events?last_event_id=" + lastSeq + "&apikey=" + Tokens.anon()
                        + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    /** A socket of Realtime's protocol; the frames are JSON. */
    static SlowClient realtime(GatewayServer server, String... frames) throws IOException {
        SlowClient client = new SlowClient(
                server,
                "GET /realtime/v1/websocket?vsn=2.0.0&apikey=" + Tokens.anon()
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        // Frames that come before the answer would be read as another request.
        client.readUntil("\r\n\r\n");
        for (String frame : frames) {
            client.sendFrame(frame);
        }
        return client;
    }

    /** A text frame whose mask is zero, which leaves the text as it is. */
    void sendFrame(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean isShort = bytes.length < SHORT_FRAME;
        byte[] head = new byte[isShort ? 6 : 8];
        head[0] = (byte) 0x81;
        head[1] = (byte) (0x80 | (isShort ? bytes.length : SHORT_FRAME));
        if (!isShort) {
            head[2] = (byte) (bytes.length >> 8);
            head[3] = (byte) bytes.length;
        }
        write(head);
        write(bytes);
    }

    private void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Reads until a text comes, or the end if it never does, and gives everything up to there. */
    String readUntil(String wanted) throws IOException {
        StringBuilder read = new StringBuilder();
        InputStream in = socket.getInputStream();
        byte[] chunk = new byte[CHUNK];
        int searched = 0;
        while (read.indexOf(wanted, searched) < 0) {
            searched = Math.max(0, read.length() - wanted.length());
            int count = in.read(chunk);
            if (count < 0) {
                break;
            }
            read.append(new String(chunk, 0, count, StandardCharsets.ISO_8859_1));
        }
        return read.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
