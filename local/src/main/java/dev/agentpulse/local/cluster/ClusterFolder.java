package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.OwnFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a cluster keeps its jars, configuration, logs, process ids and state. */
public record ClusterFolder(Path root) {

    static final String MARKER = ".agentpulse-cluster";

    public ClusterFolder {
        root = root.toAbsolutePath().normalize();
    }

    Path lib() {
        return root.resolve("lib");
    }

    /** Flink's jars, in the order of the class path: by name, which is the same wherever they lie. */
    List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(lib())) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    static String classPath(List<Path> jars) {
        return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    Path conf() {
        return root.resolve("conf");
    }

    Path logs() {
        return root.resolve("log");
    }

    Path processIds() {
        return root.resolve("run");
    }

    /** The parent of {@code checkpoints/}, as the search for the newest one wants it. */
    public Path state() {
        return root.resolve("state");
    }

    public Path checkpoints() {
        return state().resolve("checkpoints");
    }

    Path savepoints() {
        return state().resolve("savepoints");
    }

    Path highAvailability() {
        return state().resolve("ha");
    }

    Path zooKeeper() {
        return state().resolve("zookeeper");
    }

    /** Emptied whenever the process of that name starts: a killed one leaves its unpacked libraries behind. */
    Path temporary(String processName) {
        return temporary().resolve(processName);
    }

    private Path temporary() {
        return root.resolve("tmp");
    }

    /**
     * Refuses a folder that is not ours to change: jars in its {@code lib/} would be deleted, and files overwritten.
     *
     * @throws CliFailure with what to do
     */
    void requireOurs() throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(root)) {
            throw new CliFailure(root + " is no folder: name an empty or a new one with --dir.");
        }
        OwnFolder.require(root, "--dir");
        for (Path folder : new Path[] {lib(), conf(), processIds(), temporary()}) {
            if (Files.isSymbolicLink(folder)) {
                throw new CliFailure(
                        folder + " is a link to another folder, whose files would be deleted or overwritten:"
                                + " remove the link, or name another folder with --dir.");
            }
        }
        if (Files.isRegularFile(root.resolve(MARKER), LinkOption.NOFOLLOW_LINKS)
                || ClusterPlan.load(this).isPresent()) {
            return;
        }
        try (Stream<Path> children = Files.list(root)) {
            if (children.findAny().isPresent()) {
                throw new CliFailure(
                        root + " holds something else: name an empty or a new folder with --dir. (A folder of a cluster"
                                + " holds a file " + MARKER + ".)");
            }
        }
    }

    /** Makes what is missing. Only its owner may read it: passwords may lie there. */
    void create() throws IOException {
        Files.createDirectories(
                root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        for (Path folder : new Path[] {
            lib(), conf(), logs(), processIds(), checkpoints(), savepoints(), highAvailability(), zooKeeper()
        }) {
            Files.createDirectories(folder);
        }
        if (!Files.exists(root.resolve(MARKER))) {
            Files.writeString(root.resolve(MARKER), "The folder of a cluster of AgentPulse.\n");
        }
    }
}
