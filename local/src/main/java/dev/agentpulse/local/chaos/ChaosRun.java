package dev.agentpulse.local.chaos;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.JobSubmission;
import dev.agentpulse.local.cluster.Resync;
import dev.agentpulse.local.stack.database.SourceTables;
import dev.agentpulse.local.stack.traffic.TrafficGenerator;
import dev.agentpulse.local.stack.traffic.TrafficRate;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;

/** One fault after the other, writers running; after each, silence and a comparison. */
public final class ChaosRun {

    private static final Duration END_LIMIT = Duration.ofSeconds(90);
    private static final Duration DEED_LIMIT = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 200;

    /** Often enough that every fault falls between two rounds of the self-audit. */
    private static final String AUDIT_INTERVAL = "10 s";

    private final Stage stage;
    private final Freshness freshness;
    private final FaultSequence faults;
    private final TrafficRate rate;
    private final PrintStream out;
    private final JobSubmission submission;
    private final List<TimeAway> away = new ArrayList<>();
    private long trafficSeed;
    private Instant messagesCompleteSince;

    /**
     * @param rate of the writers; at 500 and more the query feed is sampled, which reads as loss
     * @param seed of the traffic
     */
    public ChaosRun(Stage stage, FaultSequence faults, TrafficRate rate, int parallelism, long seed, PrintStream out) {
        this.stage = stage;
        this.freshness = new Freshness(stage);
        this.faults = faults;
        this.rate = rate;
        this.out = out;
        Map<String, String> options = new HashMap<>(stage.jobLogin());
        options.put(JobOptions.AUDIT_INTERVAL.key(), AUDIT_INTERVAL);
        this.submission = new JobSubmission(parallelism, null, options);
        this.trafficSeed = seed;
        this.messagesCompleteSince = Instant.now();
    }

    /** Submits the job to a database without rows, strikes so many times, and reports each. */
    public List<FaultReport> strike(int times) throws IOException, SQLException, InterruptedException {
        Optional<Duration> start = await(() -> stage.cluster().submit(submission));
        out.println(start.map(duration -> "First results " + duration.toSeconds() + " s after the submission began.")
                .orElse("There are no fresh results after the submission."));
        List<FaultReport> reports = new ArrayList<>();
        for (int number = 1; start.isPresent() && number <= times; number++) {
            FaultReport report = strikeOnce(number, faults.next());
            reports.add(report);
            out.println(report.line());
            report.differences().forEach(difference -> out.println("       " + PrintableText.of(difference)));
            if (report.recovery().isEmpty()) {
                break;
            }
        }
        return reports;
    }

    /** The most database connections that the pipeline had at once. */
    public int mostConnections() {
        return freshness.mostConnections();
    }

    /** What the job's own audit proved meanwhile, as a line; figures that it found unequal are differences of a fault. */
    public String selfAudit() throws SQLException {
        try (Connection connection = stage.database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM agentpulse.audit_summary()")) {
            row.next();
            return "Self-audit: " + row.getLong("proven_figures_24h") + " figures proven, "
                    + row.getLong("unequal_24h") + " comparisons unequal, " + row.getLong("inconclusive_24h")
                    + " cannot be told, in " + row.getLong("duration_ms_24h") + " ms";
        }
    }

    private FaultReport strikeOnce(int number, Fault fault) throws IOException, SQLException, InterruptedException {
        List<String> differences = Collections.synchronizedList(new ArrayList<>());
        Optional<Duration> recovery;
        requestForgottenApproval(number);
        try (TrafficGenerator traffic = startTraffic()) {
            Thread.sleep(faults.nextPauseMillis());
            Instant struck = Instant.now();
            recovery = await(() -> {
                fault.strike(stage);
                if (fault.losesChanges()) {
                    differences.addAll(awaitEndForGood());
                    Resync.run(stage.cluster(), stage.database().address(), slotName(), submission);
                }
                return fault;
            });
            recovery.ifPresent(duration -> away.add(new TimeAway(struck, struck.plus(duration))));
            if (fault.losesChanges()) {
                messagesCompleteSince = Instant.now();
            }
            if (traffic.written() == 0) {
                differences.add(
                        "nothing was written meanwhile: " + traffic.trouble().orElse("no reason given"));
            }
        }
        if (recovery.isPresent()) {
            differences.addAll(compare());
        }
        return new FaultReport(number, fault, recovery, differences);
    }

    /** Does something and watches freshness meanwhile and afterwards; time counts from its beginning. */
    private <T> Optional<Duration> await(Callable<T> deed) throws InterruptedException, IOException {
        FutureTask<T> task = new FutureTask<>(deed);
        new Thread(task, "fault").start();
        Optional<Duration> fresh = freshness.awaitSteady(task);
        try {
            task.get(DEED_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the fault could not be brought about", e);
        }
        return fresh;
    }

    private TrafficGenerator startTraffic() throws SQLException {
        trafficSeed++;
        return TrafficGenerator.start(
                stage.database().address(), SourceTables.of(new Configuration()), rate, trafficSeed);
    }

    /** One that nobody decides: its breach five minutes later falls into the time of some later fault. */
    private void requestForgottenApproval(int number) throws SQLException {
        stage.database()
                .execute("INSERT INTO public.agent_approvals (conversation_id, status, created_at, updated_at)"
                        + " VALUES ('chaos-" + number + "', 'pending', now(), now())");
    }

    private List<String> compare() throws SQLException, InterruptedException {
        if (!freshness.awaitComplete()) {
            return List.of("results never reached the last commit");
        }
        try (Connection connection = stage.database().connect()) {
            return new Verdict(connection, messagesCompleteSince, away).differences();
        }
    }

    /** A job that went on would hide the gap, and one that stops must say why. */
    private List<String> awaitEndForGood() throws InterruptedException {
        Cluster cluster = stage.cluster();
        Instant deadline = Instant.now().plus(END_LIMIT);
        String last = "the job runs on without its slot";
        while (Instant.now().isBefore(deadline)) {
            try {
                if (!cluster.hasLiveJob()) {
                    // The job is listed as failed a moment before its failure is.
                    String failure = cluster.lastFailure().orElse("no reason yet");
                    if (failure.contains("./agentpulse resync")) {
                        return List.of();
                    }
                    last = "the job ended without saying what to do: "
                            + failure.lines().findFirst().orElse("");
                }
            } catch (IOException e) {
                last = "no job manager answers: " + e.getMessage();
            }
            Thread.sleep(POLL_MILLIS);
        }
        return List.of(last);
    }

    private static String slotName() {
        return JobOptions.SLOT_NAME.defaultValue();
    }
}
