package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.chaos.Freshness;
import dev.agentpulse.local.chaos.Stage;
import dev.agentpulse.local.chaos.Verdict;
import dev.agentpulse.local.cluster.JobSubmission;
import dev.agentpulse.local.stack.database.SourceTables;
import dev.agentpulse.local.stack.traffic.TrafficGenerator;
import dev.agentpulse.local.stack.traffic.TrafficRate;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;

/**
 * One correction after the other on a job whose history reaches back over a week of rows, traffic beside; then a comparison
 * of everything, and a purge.
 */
public final class CorrectionRun {

    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final long POLL_MILLIS = 200;
    private static final String APPLICATION_NAME = "agentpulse-corrections";

    /** Of all lengths of all three tables. */
    private static final String REACHES_BACK = "SELECT (SELECT count(*) > 0 AND bool_and(state = 'done')"
            + " FROM agentpulse.history_progress) AND (SELECT count(*) = 12 AND bool_and(complete_from <="
            + " now() - interval '7 days') FROM agentpulse.history_reach)";

    private static final String NOT_READ =
            "SELECT history_table, until, state, problem FROM agentpulse.history_progress WHERE state <> 'done'";

    private static final String UNEQUAL_BY_SELF_AUDIT = "SELECT 'self-audit', run_at, scope, key, first_difference"
            + " FROM agentpulse.audit_result WHERE NOT equal ORDER BY run_at";

    private final Stage stage;
    private final TrafficRate rate;
    private final int parallelism;
    private final long seed;
    private final PrintStream out;

    /**
     * A run on a stage without rows and without a job.
     *
     * @param rate of the traffic beside
     * @param parallelism of the job
     * @param seed of rows, corrections, kills and traffic
     */
    public CorrectionRun(Stage stage, TrafficRate rate, int parallelism, long seed, PrintStream out) {
        this.stage = stage;
        this.rate = rate;
        this.parallelism = parallelism;
        this.seed = seed;
        this.out = out;
    }

    /**
     * Carries out so many corrections, prints each and what became of all, compares and purges.
     *
     * @return whether every bucket was equal to plain SQL in time and at the end, and not changed by the purge
     */
    public boolean run(int times) throws IOException, SQLException, InterruptedException {
        try (Connection connection = connect();
                Freshness freshness = new Freshness(stage)) {
            WeekOfRows.fill(connection, seed);
            if (!start(connection)) {
                return false;
            }
            List<CorrectionReport> reports = correct(times, freshness);
            out.print(CorrectionTotals.of(reports));
            boolean equal = isAllEqual(connection, freshness);
            boolean kept = isKept(connection, freshness);
            return equal && kept && reports.stream().allMatch(CorrectionReport::isWell);
        }
    }

    private Connection connect() throws SQLException {
        return stage.address().connectToPublic(APPLICATION_NAME);
    }

    /** Submits the job and waits until history holds all rows; false if it does not. */
    private boolean start(Connection connection) throws IOException, SQLException, InterruptedException {
        Instant begin = Instant.now();
        stage.cluster().submit(new JobSubmission(parallelism, null, stage.jobLogin()));
        while (!Sql.rows(connection, REACHES_BACK).equals(List.of("t"))) {
            if (Duration.between(begin, Instant.now()).compareTo(PATIENCE) > 0) {
                report(
                        "History does not reach back over all rows after " + PATIENCE.toMinutes() + " min. "
                                + stage.cluster().lastFailure().orElse(""),
                        Sql.rows(connection, NOT_READ));
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        out.println("History reaches back over all rows " + since(begin) + " after the submission began.");
        return true;
    }

    private List<CorrectionReport> correct(int times, Freshness freshness)
            throws IOException, SQLException, InterruptedException {
        List<CorrectionReport> reports = new ArrayList<>();
        try (Connection writer = connect();
                CorrectionWatch watch = new CorrectionWatch(connect());
                TrafficGenerator traffic =
                        TrafficGenerator.start(stage.address(), SourceTables.of(new Configuration()), rate, seed)) {
            writer.setAutoCommit(false);
            Corrector corrector = new Corrector(stage, freshness, writer, watch, seed);
            for (int number = 1; number <= times; number++) {
                CorrectionReport report = corrector.correct(number);
                reports.add(report);
                report(report.line(), report.differences());
            }
            out.println("Changes of the traffic beside: " + traffic.written());
        }
        return reports;
    }

    /** Everything, also what was compared before: nobody writes any more. */
    private boolean isAllEqual(Connection connection, Freshness freshness) throws SQLException, InterruptedException {
        List<String> differences = new ArrayList<>();
        if (freshness.awaitComplete()) {
            Sql.run(connection, "ANALYZE");
            differences.addAll(Results.differences(connection));
            differences.addAll(Sql.rows(connection, UNEQUAL_BY_SELF_AUDIT));
        } else {
            differences.add("results never reached the last commit");
        }
        report("All results and all of history compared: " + differences.size() + " differences.", differences);
        return differences.isEmpty();
    }

    private boolean isKept(Connection connection, Freshness freshness) throws SQLException, InterruptedException {
        HistoryPurge purge = HistoryPurge.prepare(connection);
        String deleted = purge.carryOut();
        Instant committed = Instant.now();
        boolean read = freshness.awaitComplete();
        String time = since(committed);
        List<String> differences = read ? purge.differences() : List.of("results never held it");
        report(
                "Purge of what is older than two days, " + deleted + ": read after " + time + "; buckets compared: "
                        + purge.compared() + "; " + differences.size() + " differences.",
                differences);
        return differences.isEmpty();
    }

    private void report(String line, List<String> differences) {
        out.println(PrintableText.of(line));
        Verdict.few(differences).forEach(difference -> out.println("       " + PrintableText.of(difference)));
        out.flush();
    }

    private static String since(Instant begin) {
        return CorrectionReport.seconds(Duration.between(begin, Instant.now()));
    }
}
