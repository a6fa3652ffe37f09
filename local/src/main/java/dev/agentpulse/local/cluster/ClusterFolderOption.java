package dev.agentpulse.local.cluster;

import dev.agentpulse.local.ProjectFolder;
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
