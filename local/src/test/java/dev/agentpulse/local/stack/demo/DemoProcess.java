package dev.agentpulse.local.stack.demo;

import dev.agentpulse.local.cli.AgentPulseCli;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./agentpulse demo} as people start it, but with every log at DEBUG and all its files in one folder. */
final class DemoProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final StringBuilder terminal = new StringBuilder();

    private DemoProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static DemoProcess start(Path folder, List<String> options) throws IOException {
        Path root = Path.of("..").toAbsolutePath().normalize();
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Path logging = Files.writeString(
                folder.resolve("log4j.properties"),
                Files.readString(root.resolve("flink-conf").resolve("log4j.properties"))
                        .replaceAll("(?m)^(rootLogger\\.level|logger\\..*\\.level)\\s*=.*$", "$1 = DEBUG"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Djava.io.tmpdir=" + temporary,
                "-Dagentpulse.home=" + root,
                "-Dlog.file=" + folder.resolve("demo.log"),
                "-Dlog4j.configurationFile=" + logging,
                AgentPulseCli.class.getName(),
                "demo"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("AGENTPULSE_"));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new DemoProcess(builder.start());
    }

    /** Reads what the demo prints until a text comes; fails if it ends before. */
    void awaitPrinted(String text) throws IOException {
        while (!terminal.toString().contains(text)) {
            String line = output.readLine();
            if (line == null) {
                throw new IOException("the demo ended before it printed " + text + ":\n" + terminal);
            }
            terminal.append(line).append('\n');
        }
    }

    long pid() {
        return process.pid();
    }

    /** What it has printed, as far as it was read. */
    String terminal() {
        return terminal.toString();
    }

    /** As Ctrl-C and {@code kill} do, and reads the rest. */
    void stop() throws IOException, InterruptedException {
        // Unlike the process itself, its handle leaves the stream open.
        process.toHandle().destroy();
        output.lines().forEach(line -> terminal.append(line).append('\n'));
        process.waitFor();
    }

    /** Also after a failure; a killed demo's Postgres ends by its guard. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
