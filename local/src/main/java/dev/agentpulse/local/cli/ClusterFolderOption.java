package dev.agentpulse.local.cli;

import dev.agentpulse.local.ProjectFolder;
import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.ClusterFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster is meant. */
final class ClusterFolderOption {

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "Where the cluster keeps jars, configuration, logs and state (default: .agentpulse/cluster).")
    @Nullable
    Path folder;

    ClusterFolder folder() {
        return new ClusterFolder(folder == null ? ProjectFolder.work().resolve("cluster") : folder);
    }

    Cluster open() throws IOException {
        return Cluster.open(folder());
    }
}
