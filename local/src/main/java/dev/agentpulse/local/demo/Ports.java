package dev.agentpulse.local.demo;

import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds out about a taken port before anything is started. */
final class Ports {

    private static final int HIGHEST = 65_535;

    private Ports() {}

    static void requireFree(int port, String user, String option) {
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
