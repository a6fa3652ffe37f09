package dev.agentpulse.pgoutput;

import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sockets of connections that the driver opens: it takes the name of a class and a text, so the text is what
 * finds the socket again.
 */
public final class WaitableSocketFactory extends SocketFactory {

    private static final Map<String, WaitableSocket> SOCKETS = new ConcurrentHashMap<>();

    private final String ticket;

    /** Called by the driver. */
    public WaitableSocketFactory(String ticket) {
        this.ticket = ticket;
    }

    static String newTicket() {
        return UUID.randomUUID().toString();
    }

    /** The last socket that was made for a ticket, once; null when the driver asked another factory. */
    static @Nullable WaitableSocket take(String ticket) {
        return SOCKETS.remove(ticket);
    }

    @Override
    public Socket createSocket() {
        WaitableSocket socket = new WaitableSocket();
        SOCKETS.put(ticket, socket);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw notConnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw notConnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw notConnected();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw notConnected();
    }

    private static UnsupportedOperationException notConnected() {
        return new UnsupportedOperationException("the driver connects its sockets itself");
    }
}
