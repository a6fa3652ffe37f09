package dev.agentpulse.bench.load;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.JavaProcess;
import java.io.IOException;
import java.io.OutputStream;

/** A generator in a process of its own, so that what it does and what watches do not wait for each other. */
public final class LoadProcess implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final Thread stopper;

    private LoadProcess(Process process) {
        this.process = process;
        this.stopper = new Thread(process::destroy, "stop-load");
        Runtime.getRuntime().addShutdownHook(stopper);
    }

    /** Starts to write; the warm-up begins about half a second later. */
    public static LoadProcess start(
            Database database, SourceTables tables, Load load, double warmUpSeconds, double seconds)
            throws IOException {
        Process process = JavaProcess.of(LoadMain.class, database, "-Xmx512m").start();
        try (OutputStream task = process.getOutputStream()) {
            JSON.writeValue(
                    task, new LoadTask(database.jdbcUrl(), database.username(), tables, load, warmUpSeconds, seconds));
        }
        return new LoadProcess(process);
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /**
     * Waits for the end of the load.
     *
     * @throws IllegalArgumentException if it failed; its reason went to the error output
     */
    public LoadResult await() throws IOException, InterruptedException {
        byte[] answer = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IllegalArgumentException("The load failed: see above");
        }
        return JSON.readValue(answer, LoadResult.class);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
        Runtime.getRuntime().removeShutdownHook(stopper);
    }
}
