package dev.agentpulse.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds out about a taken port before it turns into a stack trace in some log. */
public final class LoopbackPorts {

    private static final int HIGHEST = 65_535;

    private LoopbackPorts() {}

    /** One that nobody listens on at the moment. */
    public static int anyFree() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new CliFailure("No port is free on loopback: " + e.getMessage(), e);
        }
    }

    /**
     * Fails with a sentence when the port does not exist or another program listens on it.
     *
     * @param user what the port is meant for
     * @param option of the command line that chooses another one
     */
    public static void requireFree(int port, String user, String option) {
        if (port < 1 || port > HIGHEST) {
            throw new CliFailure(option + " must be between 1 and " + HIGHEST + ", but is " + port + ".");
        }
        try (ServerSocket socket = new ServerSocket()) {
            // As servers do it: connections of an earlier run that linger are no obstacle.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new CliFailure(
                    "Port " + port + ", meant for " + user + ", is in use by another program: stop that, or choose"
                            + " another port with " + option + ".",
                    e);
        }
    }
}
