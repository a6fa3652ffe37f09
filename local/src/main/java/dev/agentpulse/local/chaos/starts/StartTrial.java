package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.local.chaos.starts.StartSchedule.Strike;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.flink.CheckpointFolder;
import dev.agentpulse.proof.Deliveries;
import dev.agentpulse.proof.Expected;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.FileUtils;

/**
 * One schedule, from empty tables to the comparison: rows, start, changes and strikes while it starts, changes behind it,
 * quiet.
 */
final class StartTrial {

    /** Connections with this name are not the job's. */
    static final String APPLICATION_NAME = "agentpulse-trial";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PATIENCE_FOR_READING = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 10;

    private static final String OF_THE_JOB =
            "FROM pg_stat_activity WHERE datname = current_database() AND application_name <> '" + APPLICATION_NAME
                    + "'";
    private static final String IS_READING = "SELECT count(*) > 0 " + OF_THE_JOB + " AND wait_event_type = 'Lock'";
    private static final String NOW = "SELECT clock_timestamp()";
    /**
     * Of what is behind a moment: whoever was cut off before may have written results too, and a process that went on
     * without a checkpoint reads the tables again. Before its first tick, a row of the status shows how far the reading is.
     */
    private static final String RESULTS_ARE_THERE =
            "SELECT count(*) > 0 FROM agentpulse.pipeline_status WHERE NOT details ? 'snapshot' AND as_of > '%s'";

    private final StartSchedule schedule;
    private final JobProcess process;
    private final JobRequest request;
    private final DatabaseAddress database;
    private boolean hasResults;
    private final List<StartFault> strikesWhileReading = new ArrayList<>();

    private StartTrial(StartSchedule schedule, JobProcess process, JobRequest request, DatabaseAddress database) {
        this.schedule = schedule;
        this.process = process;
        this.request = request;
        this.database = database;
    }

    /** Runs a schedule in a database of its own, on a process that has no job. */
    static StartReport run(StartSchedule schedule, TrialDatabase databases, JobProcess process, Path work)
            throws IOException, SQLException, InterruptedException {
        Instant begin = Instant.now();
        Duration cpuBefore = process.cpu();
        String name = "start_" + schedule.seed();
        Path folder = Files.createDirectories(work.resolve(name));
        DatabaseAddress database = databases.create(name);
        JobRequest request = new JobRequest(
                databases.port(),
                name,
                databases.passwordFile(),
                folder,
                schedule.checkpointMillis(),
                schedule.parallelism());
        StartTrial trial = new StartTrial(schedule, process, request, database);
        List<String> differences;
        try {
            differences = trial.run();
        } finally {
            process.ask(JobProcessMain.CANCEL);
            databases.drop(name);
        }
        delete(folder);
        return new StartReport(
                schedule,
                trial.strikesWhileReading,
                Duration.between(begin, Instant.now()),
                process.cpu().minus(cpuBefore),
                differences);
    }

    /** A checkpoint that was being written when the job ended may still leave a file. */
    private static void delete(Path folder) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                FileUtils.deleteDirectory(folder.toFile());
                return;
            } catch (IOException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    private List<String> run() throws IOException, SQLException, InterruptedException {
        try (Connection connection = database.connectToPublic(APPLICATION_NAME);
                RandomChanges changes =
                        new RandomChanges(() -> database.connectToPublic(APPLICATION_NAME), schedule.seed())) {
            fill(connection);
            changes.write(schedule.transactionsBefore());
            Expected before = changes.beginPhase();
            Expected during;
            try (BusyWriter writer = new BusyWriter(changes, schedule.seed())) {
                process.ask(JobProcessMain.SUBMIT + " " + request.line());
                String trouble = start(connection);
                if (!trouble.isEmpty()) {
                    return List.of(trouble);
                }
                during = changes.beginPhase();
                for (Strike strike : schedule.strikesAfter()) {
                    strike(strike, connection);
                }
            }
            changes.write(schedule.transactionsAfter());
            String trouble = awaitComplete(connection);
            return trouble.isEmpty()
                    ? differences(connection, new Deliveries(before, during, changes.expected()))
                    : List.of(trouble);
        }
    }

    /** Until results are there, and in a checkpoint: before that, a failure begins with a new snapshot. */
    private String start(Connection connection) throws IOException, SQLException, InterruptedException {
        if (schedule.blocksReading()) {
            try (TableBlocker blocker = TableBlocker.start(database, schedule.seed())) {
                for (Strike strike : schedule.strikes()) {
                    strike(strike, connection);
                }
            }
        } else {
            for (Strike strike : schedule.strikes()) {
                strike(strike, connection);
            }
        }
        String moment = Sql.rows(connection, NOW).get(0);
        if (!await(connection, RESULTS_ARE_THERE.formatted(moment), PATIENCE)) {
            return "there were no results after " + PATIENCE.toSeconds() + " s: " + failure();
        }
        hasResults = true;
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!makeCheckpoint()) {
            if (Instant.now().isAfter(deadline)) {
                return "there was no checkpoint after " + PATIENCE.toSeconds() + " s: " + failure();
            }
            Thread.sleep(POLL_MILLIS);
        }
        return "";
    }

    private void strike(Strike strike, Connection connection) throws IOException, SQLException, InterruptedException {
        Thread.sleep(strike.pauseMillis());
        if (strike.whileReading() && awaitReading(connection)) {
            strikesWhileReading.add(strike.fault());
        }
        switch (strike.fault()) {
            case CHECKPOINT -> makeCheckpoint();
            case LOSE_TASK_MANAGER -> process.ask(JobProcessMain.LOSE_TASK_MANAGER);
            case TERMINATE_WALSENDER ->
                Sql.run(
                        connection,
                        "SELECT pg_terminate_backend(pid) " + OF_THE_JOB + " AND backend_type = 'walsender'");
            case TERMINATE_CONNECTIONS -> Sql.run(connection, "SELECT pg_terminate_backend(pid) " + OF_THE_JOB);
            case CANCEL_AND_SUBMIT -> cancelAndSubmit();
            case KILL_PROCESS -> {
                process.killAndStartAgain();
                process.ask(JobProcessMain.RECOVER + " " + request.line());
            }
        }
    }

    /** Whether the snapshot is half read; not when there are new results, because then it is over. */
    private static boolean awaitReading(Connection connection) throws SQLException, InterruptedException {
        String isOver = RESULTS_ARE_THERE.formatted(Sql.rows(connection, NOW).get(0));
        Instant deadline = Instant.now().plus(PATIENCE_FOR_READING);
        while (!Sql.rows(connection, IS_READING).contains("t")) {
            if (Sql.rows(connection, isOver).contains("t") || Instant.now().isAfter(deadline)) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Who submits without state when there were results asks for a new snapshot, which is not what is tried here. */
    private void cancelAndSubmit() throws IOException {
        if (!hasResults || CheckpointFolder.newestComplete(request.folder()).isPresent()) {
            process.ask(JobProcessMain.CANCEL);
            process.ask(JobProcessMain.SUBMIT + " " + request.line());
        }
    }

    /** False when the job is not up to it at the moment. */
    private boolean makeCheckpoint() {
        try {
            process.ask(JobProcessMain.CHECKPOINT);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String failure() {
        try {
            return process.ask(JobProcessMain.FAILURE);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String awaitComplete(Connection connection) throws SQLException, InterruptedException {
        String position =
                Sql.rows(connection, "SELECT pg_current_wal_insert_lsn()").get(0);
        boolean complete = await(
                connection,
                "SELECT count(*) > 0 FROM agentpulse.pipeline_status WHERE NOT details ? 'backlog' AND commit_lsn > '"
                        + position + "'::pg_lsn",
                PATIENCE);
        return complete ? "" : "results were not complete after " + PATIENCE.toSeconds() + " s: " + failure();
    }

    private static List<String> differences(Connection connection, Deliveries deliveries)
            throws SQLException, InterruptedException {
        List<String> differences = new ArrayList<>(Results.differences(connection));
        differences.addAll(deliveries.differences(connection));
        Instant deadline = Instant.now().plus(PATIENCE);
        List<String> ofLedger = deliveries.ledgerDifferences(connection);
        while (!ofLedger.isEmpty() && Instant.now().isBefore(deadline)) {
            Thread.sleep(POLL_MILLIS);
            ofLedger = deliveries.ledgerDifferences(connection);
        }
        differences.addAll(ofLedger);
        return differences;
    }

    private static boolean await(Connection connection, String query, Duration patience)
            throws SQLException, InterruptedException {
        Instant deadline = Instant.now().plus(patience);
        while (!Sql.rows(connection, query).contains("t")) {
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Rows of all ages: in every window, in none, on both sides of the SLA, decided and pending, a little ahead. */
    private void fill(Connection connection) throws SQLException {
        String rows = " FROM generate_series(1, " + schedule.rowsBefore() + ") n";
        Sql.run(
                connection,
                "INSERT INTO agent_queries (id, agent, latency_ms, created_at, approved) SELECT 2000000000 + n,"
                        + " 'old-' || n % 7, n % 900, now() + interval '3 seconds' - n * interval '2.9 seconds',"
                        + " CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END" + rows,
                "INSERT INTO agent_approvals (id, conversation_id, status, created_at, updated_at) SELECT 2000000000 + n,"
                        + " 'c' || n, CASE n % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'approved' ELSE 'expired' END,"
                        + " now() - n * interval '1.7 seconds', now() - n * interval '1 second'" + rows,
                "INSERT INTO agent_feedback (id, safe_to_send, annotator, created_at, updated_at) SELECT 2000000000 + n,"
                        + " n % 4 > 0, 'old', now() - n * interval '61 seconds', now() - n * interval '61 seconds'"
                        + rows);
    }
}
