package dev.agentpulse.local.cluster;

import dev.agentpulse.local.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink's classes as the JVM maps them into memory, parsed and verified (class data sharing): a process that takes over a
 * job has thousands of them to load at once. Processes of a kind that has no archive list the classes that they load; when
 * one of them has run a job and loads no more, the archive is made of its list, once, beside the running cluster.
 *
 * <p>An archive holds for one class path and one JVM, so both are in its name. A JVM that finds it wrong goes without any,
 * its own included, so one is used only after a JVM has accepted it.
 */
public final class ClassArchive {

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);
    private static final Duration SETTLED = Duration.ofSeconds(20);
    private static final int NAME_BYTES = 8;

    private final Path folder;
    private final String name;
    private final String classPath;
    private final String lastLoaded;

    /**
     * @param kind of process
     * @param jars in the order of the class path
     * @param lastLoaded a class, with slashes, that is loaded only when a job runs
     */
    public ClassArchive(Path folder, String kind, List<Path> jars, String lastLoaded) throws IOException {
        this.folder = folder;
        this.classPath = ClusterFolder.classPath(jars);
        this.name = kind + "-" + fingerprint(jars);
        this.lastLoaded = lastLoaded;
    }

    /** Where archives of all clusters of this checkout are. */
    static Path folder() {
        return ProjectFolder.work().resolve("class-archive");
    }

    /** Whether it can be used. */
    public boolean isThere() {
        return Files.exists(archive());
    }

    /** What a process of this kind is started with. */
    public List<String> flags(String processName) {
        return isThere()
                ? List.of("-XX:SharedArchiveFile=" + archive())
                : List.of("-XX:DumpLoadedClassList=" + list(processName));
    }

    /** The classes that a process has loaded which was started while there was no archive. */
    public Path list(String processName) {
        return folder.resolve(name + "." + processName + ".classes");
    }

    /** Makes the archive if it is missing and a list is complete; without one, nothing happens. */
    void makeIfPossible() throws IOException, InterruptedException {
        Optional<Path> list = isThere() ? Optional.empty() : completeList();
        if (list.isPresent()) {
            make(list.get());
        }
    }

    /**
     * Makes the archive of a list of classes. Whoever writes one may be killed in the middle of a line, which the JVM does not take:
     * then that is left out.
     *
     * @throws IOException when the JVM does not make it, or does not take what it made
     */
    public void make(Path list) throws IOException, InterruptedException {
        String lines = Files.readString(list, StandardCharsets.UTF_8);
        Path whole =
                Files.writeString(folder.resolve(name + ".whole"), lines.substring(0, lines.lastIndexOf('\n') + 1));
        Path draft = folder.resolve(name + ".draft");
        run(List.of("-Xshare:dump", "-XX:SharedClassListFile=" + whole, "-XX:SharedArchiveFile=" + draft));
        run(List.of("-Xshare:on", "-XX:SharedArchiveFile=" + draft, "-version"));
        Files.move(draft, archive(), StandardCopyOption.ATOMIC_MOVE);
        LOG.info("Made {} of {} classes", archive(), lines.lines().count());
    }

    private Path archive() {
        return folder.resolve(name + ".jsa");
    }

    private Optional<Path> completeList() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name + ".")
                            && file.toString().endsWith(".classes"))
                    .filter(this::isComplete)
                    .max(Comparator.comparingLong(file -> file.toFile().length()));
        }
    }

    private boolean isComplete(Path list) {
        try {
            Instant grown = Files.getLastModifiedTime(list).toInstant();
            return grown.isBefore(Instant.now().minus(SETTLED))
                    && Files.readString(list, StandardCharsets.UTF_8).contains(lastLoaded);
        } catch (IOException e) {
            LOG.debug("{} is being replaced", list, e);
            return false;
        }
    }

    /** At the lowest priority: a job runs beside it. */
    private void run(List<String> flags) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of("nice", "-n", "19", JavaLauncher.executable()), flags.stream())
                .toList();
        Path output = folder.resolve(name + ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("CLASSPATH", classPath);
        int exitCode = builder.start().waitFor();
        if (exitCode != 0) {
            throw new IOException(String.join(" ", flags) + " ended with " + exitCode + ": see " + output);
        }
    }

    private static String fingerprint(List<Path> jars) throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("java.vm.version"));
        for (Path jar : jars) {
            text.append('\n')
                    .append(jar)
                    .append(' ')
                    .append(Files.size(jar))
                    .append(' ')
                    .append(Files.getLastModifiedTime(jar));
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
