package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.ProjectFolder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Flink's own jars as the build collected them, brought into a cluster's folder: the build may clean, a cluster runs on. */
public final class FlinkDistribution {

    private static final Path COLLECTED = Path.of("local", "flink-distribution", "target", "lib");
    private static final Path JOB_JAR = Path.of("job", "target", "agentpulse-job.jar");

    private FlinkDistribution() {}

    /** What the build made for a cluster; the message of the failure says how to build it. */
    public static Path jobJar() {
        Path jar = ProjectFolder.root().resolve(JOB_JAR);
        if (!Files.isRegularFile(jar)) {
            throw new CliFailure(jar + " is not there: build it with ./agentpulse package.");
        }
        return jar;
    }

    /** Fills {@code lib/}, and nothing else is left in it: two versions of Flink on one class path do not start. */
    static void assemble(ClusterFolder folder) throws IOException {
        List<Path> jars = collected();
        Set<String> wanted = jars.stream().map(FlinkDistribution::name).collect(Collectors.toSet());
        try (Stream<Path> present = Files.list(folder.lib())) {
            for (Path jar : present.toList()) {
                if (!wanted.contains(name(jar))) {
                    Files.delete(jar);
                }
            }
        }
        for (Path jar : jars) {
            place(jar, folder.lib().resolve(name(jar)));
        }
    }

    private static List<Path> collected() throws IOException {
        Path source = ProjectFolder.root().resolve(COLLECTED);
        if (!Files.isDirectory(source)) {
            throw new CliFailure(source + " is not there: build it with ./agentpulse package.");
        }
        try (Stream<Path> jars = Files.list(source)) {
            return jars.filter(file -> name(file).endsWith(".jar")).toList();
        }
    }

    private static void place(Path jar, Path target) throws IOException {
        if (Files.exists(target) && Files.mismatch(target, jar) < 0) {
            return;
        }
        Files.deleteIfExists(target);
        try {
            Files.createLink(target, jar);
        } catch (FileSystemException | UnsupportedOperationException e) {
            // Another file system: a copy costs 120 MB and does the same.
            Files.copy(jar, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
