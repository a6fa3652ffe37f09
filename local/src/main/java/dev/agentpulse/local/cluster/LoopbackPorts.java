package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds out about a taken port before it turns into a stack trace in some log. */
final class LoopbackPorts {

    private LoopbackPorts() {}

    /** Ports of processes that outlived their supervisor are theirs. */
    static void requireFree(ClusterFolder folder, ClusterPlan plan) {
        if (isDead(folder, "zookeeper")) {
            requireFree(plan.zooKeeperPort(), "--zookeeper-port");
        }
        for (int index = 0; index < plan.jobManagers(); index++) {
            if (isDead(folder, "job-manager-" + (index + 1))) {
                requireFree(plan.restPort(index), "--rest-port");
            }
        }
    }

    private static boolean isDead(ClusterFolder folder, String processName) {
        return new ProcessIdFile(folder, processName).find().isEmpty();
    }

    private static void requireFree(int port, String option) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new CliFailure(
                    "Port " + port + " is in use by another program: stop that, or choose another port with " + option
                            + ".",
                    e);
        }
    }
}
