package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.local.ProjectFolder;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A {@link JobProcessMain} and the one who asks it; a killed one is followed by another. */
final class JobProcess implements AutoCloseable {

    private final Path folder;
    private Process process;
    private BufferedReader answers;
    private BufferedWriter requests;

    private JobProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Returns when its cluster is up. */
    static JobProcess start(Path folder) throws IOException {
        Files.createDirectories(folder);
        JobProcess started = new JobProcess(folder, launch(folder));
        started.requireDone("start");
        return started;
    }

    /**
     * Does what one of the lines of {@link JobProcessMain} asks for.
     *
     * @return what it answered
     * @throws IOException when it failed or the process has ended
     */
    String ask(String request) throws IOException {
        requests.write(request);
        requests.newLine();
        requests.flush();
        return requireDone(request);
    }

    /** {@code kill -9}, and a new process without a job. */
    void killAndStartAgain() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        process = launch(folder);
        answers = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        requireDone("start");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private String requireDone(String request) throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the process ended when it was asked to " + request + ": see " + folder);
        }
        if (!answer.startsWith(JobProcessMain.DONE + " ")) {
            throw new IOException(request + " " + answer);
        }
        return answer.substring(JobProcessMain.DONE.length() + 1);
    }

    private static Process launch(Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx640m",
                        // Most of its life is a start: better code, which takes the compiler long, is not earned back.
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dagentpulse.home=" + ProjectFolder.root(),
                        "-Dlog.file=" + folder.resolve("job.log"),
                        "-Dlog4j.configurationFile=classpath:flink-conf/log4j.properties",
                        JobProcessMain.class.getName(),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("job.err").toFile()));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("AGENTPULSE_"));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }
}
