package dev.agentpulse.local.chaos.large;

import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.chaos.Stage;
import dev.agentpulse.local.cluster.JobSubmission;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One large load after the other on a job that is otherwise left alone; after each, a comparison. */
public final class LargeRun {

    private static final Duration GIVE_UP = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 50;
    private static final int SHOWN = 5;
    private static final String APPLICATION_NAME = "agentpulse-large";

    private final Stage stage;
    private final PrintStream out;

    public LargeRun(Stage stage, PrintStream out) {
        this.stage = stage;
        this.out = out;
    }

    /** Runs loads on a database without other rows and prints each; true when results were right and no task failed. */
    public boolean run(List<LargeLoad> loads) throws IOException, SQLException, InterruptedException {
        try (Connection connection = stage.address().connectToPublic(APPLICATION_NAME)) {
            for (LargeLoad load : loads) {
                prepare(load, loads, connection);
            }
            submit(null);
            awaitComplete(connection);
            // For the comparison, which looks at the rows of each agent.
            Sql.run(connection, "CREATE INDEX ON agent_queries (agent, created_at)");
            boolean well = true;
            for (LargeLoad load : LargeLoad.values()) {
                if (loads.contains(load)) {
                    well &= run(load, connection);
                }
            }
            return well;
        }
    }

    private static void prepare(LargeLoad load, List<LargeLoad> run, Connection connection) throws SQLException {
        Optional<LargeLoad> needed = load.needs().filter(other -> !run.contains(other));
        if (needed.isPresent()) {
            prepare(needed.get(), run, connection);
            write(needed.get(), connection);
        }
    }

    private void submit(@Nullable String savepoint) throws IOException, InterruptedException {
        stage.cluster().submit(new JobSubmission(1, savepoint, stage.jobLogin()));
    }

    private boolean run(LargeLoad load, Connection connection) throws IOException, SQLException, InterruptedException {
        String savepoint = load.whileTheJobIsStopped()
                ? stage.cluster()
                        .rest()
                        .stopWithSavepoint(stage.cluster().requireJob().id())
                : null;
        Instant begin = Instant.now();
        write(load, connection);
        Instant committed = Instant.now();
        if (savepoint != null) {
            submit(savepoint);
        }
        Optional<Duration> complete = awaitComplete(connection);
        List<String> differences = new ArrayList<>();
        if (complete.isEmpty()) {
            differences.add("results were not complete after " + GIVE_UP.toMinutes() + " min; status: "
                    + Sql.rows(connection, "SELECT as_of, details FROM agentpulse.pipeline_status"));
        } else {
            Sql.run(connection, "ANALYZE");
            differences.addAll(Results.differences(connection));
            differences.addAll(Results.openSlaAlertDifferences(connection));
            String wrong =
                    Sql.rows(connection, "SELECT " + load.wrongMessages()).get(0);
            if (!wrong.equals("0")) {
                differences.add("rows that do not have exactly one message: " + wrong);
            }
        }
        stage.cluster()
                .lastFailure()
                .ifPresent(failure -> differences.add(
                        "a task failed: " + failure.lines().limit(2).toList()));
        print(load, Duration.between(begin, committed), complete, differences);
        return differences.isEmpty();
    }

    private static void write(LargeLoad load, Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        for (List<String> transaction : load.transactions()) {
            Sql.run(connection, transaction.toArray(String[]::new));
            connection.commit();
        }
        connection.setAutoCommit(true);
    }

    /** How long after the call results held all that had been committed; nothing if they did not within patience. */
    private static Optional<Duration> awaitComplete(Connection connection) throws SQLException, InterruptedException {
        Instant since = Instant.now();
        String moment = Sql.rows(connection, "SELECT clock_timestamp()").get(0);
        while (Duration.between(since, Instant.now()).compareTo(GIVE_UP) < 0) {
            if (Sql.rows(connection, "SELECT as_of > '" + moment + "' FROM agentpulse.pipeline_status")
                    .equals(List.of("t"))) {
                return Optional.of(Duration.between(since, Instant.now()));
            }
            Thread.sleep(POLL_MILLIS);
        }
        return Optional.empty();
    }

    private void print(LargeLoad load, Duration writing, Optional<Duration> complete, List<String> differences)
            throws IOException, InterruptedException {
        String budget =
                load.budget().map(limit -> "budget " + limit.toSeconds() + " s").orElse("no budget");
        String time = complete.map(LargeRun::seconds).orElse("never");
        out.printf(
                "%-64s written in %s, complete after %s (%s), task manager at most %s MB: %s%n",
                load.title(),
                seconds(writing),
                time,
                budget,
                mostMegabytes(),
                differences.isEmpty() ? "right" : "WRONG");
        differences.stream().limit(SHOWN).forEach(difference -> out.println("       " + PrintableText.of(difference)));
        if (differences.size() > SHOWN) {
            out.println("       and " + (differences.size() - SHOWN) + " more");
        }
        out.flush();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    /** The most memory that the process had in use since it began, where the system tells. */
    private String mostMegabytes() throws IOException, InterruptedException {
        Optional<ProcessHandle> process =
                stage.cluster().process(stage.cluster().busyTaskManager().orElse("task-manager-1"));
        Path status =
                Path.of("/proc", process.map(ProcessHandle::pid).orElse(0L).toString(), "status");
        if (!Files.isReadable(status)) {
            return "?";
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.toString(Long.parseLong(line.replaceAll("\\D", "")) / 1024))
                .findFirst()
                .orElse("?");
    }
}
