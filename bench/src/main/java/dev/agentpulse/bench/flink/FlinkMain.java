package dev.agentpulse.bench.flink;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/**
 * A job's process: a Flink cluster of its own, with one job that runs until standard input ends, which it does with the
 * process that started this one. The task is the input's first line, as JSON.
 */
public final class FlinkMain {

    private static final int FAILED = 1;

    private FlinkMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        FlinkTask task = new JsonMapper().readValue(input.readLine(), FlinkTask.class);
        endWith(input);
        try {
            JobClient job = submit(task);
            job.getJobExecutionResult().get();
        } catch (ExecutionException | RuntimeException e) {
            Throwable cause = ExceptionUtils.stripExecutionException(e);
            System.err.println(task.job().peer() + " failed: " + ExceptionUtils.stringifyException(cause));
        }
        System.exit(FAILED);
    }

    private static JobClient submit(FlinkTask task) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(1, configuration(task));
        StockConnector connector =
                new StockConnector(new Database(task.jdbcUrl(), task.username(), JavaProcess.password()), task);
        return switch (task.job()) {
            case SQL_WINDOWS -> SqlScript.read("windows.sql").submit(environment, connector);
            case COUNT -> SqlScript.read("count.sql").submit(environment, connector);
            case COPY -> SqlScript.read("copy.sql").submit(environment, connector);
            case SLIDING_WINDOWS -> SlidingWindows.submit(environment, connector);
        };
    }

    /** Checkpoints as often as the pipeline's; a job that fails stays failed, so that it is noticed. */
    private static Configuration configuration(FlinkTask task) {
        return Configuration.fromMap(Map.of(
                "rest.bind-port",
                Integer.toString(task.restPort()),
                "execution.checkpointing.interval",
                "5 s",
                "execution.checkpointing.dir",
                Path.of(task.checkpoints()).toUri().toString(),
                "restart-strategy.type",
                "none",
                "pipeline.object-reuse",
                "true"));
    }

    private static void endWith(BufferedReader input) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (input.readLine() != null) {
                            // Nothing more is said.
                        }
                    } catch (IOException e) {
                        System.err.println("The bench is gone: " + e.getMessage());
                    }
                    Runtime.getRuntime().halt(0);
                },
                "end-with-bench");
        watch.setDaemon(true);
        watch.start();
    }
}
