package dev.agentpulse.job.sink;

import dev.agentpulse.job.audit.AnnotatorAgreement;
import dev.agentpulse.job.audit.AuditResult;
import dev.agentpulse.job.audit.AuditRun;
import dev.agentpulse.job.audit.AuditUnit;
import dev.agentpulse.job.audit.DailyQuality;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the self-audit again and again, beside the tick writer, because that runs once and writes. Its connection is open
 * while it looks; what it finds is written between two ticks by the thread that writes them, so that messages keep the order
 * of their numbers. Each run also checks one day of a source table, as long as there is one
 * that was not, and once an hour annotators are compared. Whatever goes wrong with the database is tried again with the next run and
 * never fails the job.
 */
final class AuditThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditThread.class);

    private static final String APPLICATION_NAME = "agentpulse self-audit";
    private static final long LONGEST_FIRST_PAUSE_MILLIS = 30_000;

    private final JobConfig config;
    private final AuditSteps steps;
    private final QualitySteps quality;
    private final AgreementSteps agreement;
    private final AuditRun run;
    private final BetweenTicks between;
    private final SideThread thread = new SideThread("agentpulse-self-audit");

    /** @param connection the tick writer's, with auto-commit off */
    AuditThread(JobConfig config, Connection connection, BetweenTicks between) throws SQLException {
        this.config = config;
        this.between = between;
        this.steps = new AuditSteps(connection, config);
        this.quality = new QualitySteps(connection, config.source());
        this.agreement = new AgreementSteps(connection);
        this.run = new AuditRun(config, new Random());
    }

    /** @param failed takes the error that ends the thread */
    void start(Consumer<Throwable> failed) {
        if (config.auditIntervalMillis() > 0) {
            thread.start(this::auditAgainAndAgain, failed);
        }
    }

    private void auditAgainAndAgain() throws InterruptedException {
        long pauseMillis = Math.min(config.auditIntervalMillis(), LONGEST_FIRST_PAUSE_MILLIS);
        while (!thread.awaitEnd(pauseMillis)) {
            pauseMillis = config.auditIntervalMillis();
            try {
                audit();
            } catch (SQLException | RuntimeException e) {
                LOG.warn("figures cannot be audited now: {}", e.getMessage(), e);
            }
        }
    }

    private void audit() throws SQLException, InterruptedException {
        Optional<DailyQuality.Task> task = between.run(quality::next);
        List<DailyQuality.Check> checks = List.of();
        List<AuditUnit> wrongBefore = between.run(tick -> steps.begin());
        List<AuditResult> results;
        List<AnnotatorAgreement.Row> compared = null;
        try (Connection connection = DatabaseSessions.open(config.capture(), APPLICATION_NAME, SessionKind.READING)) {
            thread.reads(connection::close);
            results = run.run(connection, wrongBefore, AuditRun.budgetMillis(config.auditIntervalMillis()));
            if (task.isPresent()) {
                checks = new DailyQuality(config.source()).check(connection, task.get());
            }
            if (agreement.isDue(System.nanoTime())) {
                long asOfMicros = between.run(TickProgress::asOfMicros);
                compared = new AnnotatorAgreement(config.source()).compare(connection, asOfMicros);
            }
        } finally {
            thread.reads(null);
        }
        if (!results.isEmpty()) {
            between.run(tick -> steps.write(results, tick));
        }
        if (task.isPresent()) {
            List<DailyQuality.Check> found = checks;
            between.run(tick -> quality.write(task.get(), found, tick));
        }
        if (compared != null) {
            List<AnnotatorAgreement.Row> agreeing = compared;
            between.run(tick -> agreement.write(agreeing));
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.end();
    }
}
