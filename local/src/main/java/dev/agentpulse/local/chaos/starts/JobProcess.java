package dev.agentpulse.local.chaos.starts;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A {@link JobProcessMain} and the one who asks it; a killed one is followed by another. */
final class JobProcess implements AutoCloseable {

    private final JobJvm jvm;
    private final Path folder;
    private Process process;
    private BufferedReader answers;
    private BufferedWriter requests;
    private Duration endedCpu = Duration.ZERO;

    private JobProcess(JobJvm jvm, Path folder, Process process) {
        this.jvm = jvm;
        this.folder = folder;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Returns when its cluster is up. */
    static JobProcess start(JobJvm jvm, Path folder) throws IOException {
        Files.createDirectories(folder);
        JobProcess started = new JobProcess(jvm, folder, jvm.start(folder));
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
        endedCpu = cpu();
        process.destroyForcibly();
        process.onExit().join();
        process = jvm.start(folder);
        answers = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        requireDone("start");
    }

    /** What the processor has worked for it and for those before it. */
    Duration cpu() {
        return endedCpu.plus(process.info().totalCpuDuration().orElse(Duration.ZERO));
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
}
