package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.local.ProjectFolder;
import dev.agentpulse.local.cluster.ClassArchive;
import dev.agentpulse.local.cluster.JavaLauncher;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * How a {@link JobProcessMain} is started: its life is short, so what counts is the start. Where many are to come, their classes
 * are mapped from an archive, which is made of what the first one loads.
 */
final class JobJvm {

    private static final String FIRST = "first";

    private final String classPath;
    private final Optional<ClassArchive> archive;

    private JobJvm(String classPath, Optional<ClassArchive> archive) {
        this.classPath = classPath;
        this.archive = archive;
    }

    /** Without an archive. */
    static JobJvm plain() {
        return new JobJvm(System.getProperty("java.class.path"), Optional.empty());
    }

    /**
     * With one, once {@link #makeArchive} has made it.
     *
     * @param folder for the archive, and for jars of those folders that are on the class path, because an archive takes jars only
     */
    static JobJvm withArchive(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = folder.resolve(jars.size() + ".jar");
                pack(path, jar);
                jars.add(jar);
            } else if (Files.exists(path)) {
                jars.add(path);
            }
        }
        String classPath = jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return new JobJvm(classPath, Optional.of(new ClassArchive(folder, "job", jars, "")));
    }

    private static void pack(Path folder, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream packed = new ZipOutputStream(file);
                Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.filter(Files::isRegularFile).sorted().toList()) {
                packed.putNextEntry(
                        new ZipEntry(folder.relativize(path).toString().replace(File.separatorChar, '/')));
                Files.copy(path, packed);
                packed.closeEntry();
            }
        }
    }

    /** Of the classes that a process has loaded which ran a job and has ended. */
    void makeArchive() throws IOException, InterruptedException {
        if (archive.isPresent()) {
            archive.get().make(archive.get().list(FIRST));
        }
    }

    /** Starts a process with its log and temporary files in a folder. */
    Process start(Path folder) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                JavaLauncher.executable(),
                "-Xmx640m",
                // What the JVM has to say would be read as an answer.
                "-Xlog:disable",
                "-Xlog:all=warning:stderr",
                // Most of its life is a start: better code, which takes the compiler long, is not earned back.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        archive.ifPresent(classes -> command.addAll(classes.flags(FIRST)));
        command.addAll(List.of(
                "-Dagentpulse.home=" + ProjectFolder.root(),
                "-Dlog.file=" + folder.resolve("job.log"),
                "-Dlog4j.configurationFile=classpath:flink-conf/log4j.properties",
                JobProcessMain.class.getName(),
                folder.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("job.err").toFile()));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("AGENTPULSE_"));
        builder.environment().put("CLASSPATH", classPath);
        return builder.start();
    }
}
