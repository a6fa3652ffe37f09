package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.load.PastRows;
import dev.agentpulse.bench.load.SourceTables;
import java.io.File;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The start of a pipeline, by a command or by somebody else. What of the command still runs at the end is ended. */
final class PipelineStart implements AutoCloseable {

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_SECONDS = 60;

    private final @Nullable Process command;
    private final Map<Metric, Double> metrics;

    private PipelineStart(@Nullable Process command, Map<Metric, Double> metrics) {
        this.command = command;
        this.metrics = metrics;
    }

    /** A demo's database has its password only when it runs, so it is asked for again and again. */
    interface Login {
        Database database() throws IOException;
    }

    /**
     * Makes the table of queries as large as the scenario says, and returns at the first results.
     *
     * @param command one program with its arguments, as a shell reads it; null when somebody else starts the pipeline, so
     *     that nobody knows how long it took
     * @throws IllegalArgumentException if a pipeline runs already, or none starts
     */
    static PipelineStart await(Scenario scenario, Login login, SourceTables tables, @Nullable String command)
            throws IOException, SQLException, InterruptedException {
        PipelineProgress.requireStopped(login.database());
        if (scenario.rowsBefore() > 0) {
            try (Connection connection = login.database().connect()) {
                PastRows.write(connection, tables.queries(), scenario.rowsBefore());
            }
        }
        if (command == null) {
            System.out.println("Now start the pipeline, for instance with ./agentpulse demo --traffic none");
            PipelineProgress.awaitFirstResults(login, () -> false);
            return new PipelineStart(null, Map.of());
        }
        System.out.println("Starting: " + command);
        long startNanos = System.nanoTime();
        Process process = new ProcessBuilder("bash", "-c", "exec " + command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-pipeline"));
        try {
            PipelineProgress.awaitFirstResults(login, () -> !process.isAlive() && process.exitValue() != 0);
        } catch (IOException | IllegalArgumentException e) {
            process.destroy();
            throw e;
        }
        return new PipelineStart(process, Map.of(Metric.START, (System.nanoTime() - startNanos) / NANOS_PER_SECOND));
    }

    /** What it took; empty when nobody knows. */
    Map<Metric, Double> metrics() {
        return metrics;
    }

    /** The process of a command that stays, as a demo does, which runs the job itself. */
    OptionalLong pid() {
        return command != null && command.isAlive() ? OptionalLong.of(command.pid()) : OptionalLong.empty();
    }

    @Override
    public void close() throws InterruptedException {
        if (command != null) {
            command.destroy();
            if (!command.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                command.destroyForcibly().waitFor();
            }
        }
    }
}
