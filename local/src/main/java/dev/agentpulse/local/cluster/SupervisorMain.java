package dev.agentpulse.local.cluster;

import java.io.IOException;
import java.nio.file.Path;

/** The process behind {@code cluster start}: the supervisor of the cluster that was prepared in a folder. */
final class SupervisorMain {

    private SupervisorMain() {}

    /** Runs until the process is asked to end. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException(
                    "one argument is needed, the cluster's folder, but there are " + arguments.length);
        }
        Cluster.open(new ClusterFolder(Path.of(arguments[0]))).supervisor().run();
    }
}
