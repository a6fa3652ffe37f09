package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.local.chaos.Fault;
import dev.agentpulse.local.chaos.FaultSequence;
import dev.agentpulse.local.chaos.Freshness;
import dev.agentpulse.local.chaos.Stage;
import dev.agentpulse.local.chaos.corrections.Correction.Touched;
import dev.agentpulse.local.chaos.corrections.CorrectionReport.Strike;
import dev.agentpulse.local.chaos.corrections.CorrectionWatch.Seen;
import dev.agentpulse.proof.HistoryBuckets;
import dev.agentpulse.proof.HistoryBuckets.Length;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Writes corrections one by one, some with a fault at about the time of the commit, and watches until buckets are equal. */
final class Corrector {

    private static final List<Fault> KILLS =
            List.of(Fault.KILL_TASK_MANAGER, Fault.KILL_JOB_MANAGER, Fault.TERMINATE_WRITER);

    private static final int A_KILL_EVERY = 3;

    /** A fault takes a part of it to strike, which so falls on both sides of the commit. */
    private static final int LONGEST_LEAD_MILLIS = 200;

    private static final int LONGEST_PAUSE_MILLIS = 2000;

    private final Stage stage;
    private final Freshness freshness;
    private final Connection writer;
    private final CorrectionWatch watch;
    private final Random random;
    private final FaultSequence faults;

    /** @param writer with auto-commit off */
    Corrector(Stage stage, Freshness freshness, Connection writer, CorrectionWatch watch, long seed) {
        this.stage = stage;
        this.freshness = freshness;
        this.writer = writer;
        this.watch = watch;
        this.random = new Random(seed);
        this.faults = new FaultSequence(KILLS, seed);
    }

    /**
     * Carries out the next one, and returns when the job is steady again.
     *
     * @throws IOException also when the job does not come back
     */
    CorrectionReport correct(int number) throws IOException, SQLException, InterruptedException {
        Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
        WeekOfRows.addOfNow(writer);
        writer.commit();
        Touched touched = Correction.draw(random).write(writer);
        Blow blow = null;
        if (number % A_KILL_EVERY == 0) {
            blow = Blow.begin(faults.next(), stage);
            Thread.sleep(random.nextInt(LONGEST_LEAD_MILLIS));
        }
        String position = Sql.rows(writer, "SELECT pg_current_wal_insert_lsn()").get(0);
        writer.commit();
        Instant committed = Instant.now();
        Seen seen = watch.await(touched.buckets(), position, blow);
        List<String> differences = seen.differences();
        if (blow != null) {
            blow.await();
            // What a replay adds once more would show only then.
            awaitSteady(blow.fault());
            if (seen.equal().isPresent()) {
                differences = watch.await(touched.buckets(), position, null).differences();
            }
        }
        return new CorrectionReport(
                number,
                touched.rows(),
                ended(touched.buckets(), committed),
                blow == null ? null : new Strike(blow.fault(), Duration.between(committed, blow.await())),
                seen.equal().map(equal -> Duration.between(committed, equal)),
                ofFresh(seen, committed),
                differences);
    }

    private void awaitSteady(Fault fault) throws IOException, InterruptedException {
        if (freshness.awaitSteady(CompletableFuture.completedFuture(null)).isEmpty()) {
            throw new IOException("Results were not fresh again after " + fault + ": "
                    + stage.cluster().lastFailure().orElse("no reason given"));
        }
    }

    private static Optional<Duration> ofFresh(Seen seen, Instant committed) {
        return seen.equal().flatMap(equal -> seen.writingAgain()
                .map(again -> Duration.between(again.isAfter(committed) ? again : committed, equal)));
    }

    private static Map<Length, Long> ended(List<HistoryBuckets> buckets, Instant moment) {
        Map<Length, Long> ended = new EnumMap<>(Length.class);
        buckets.forEach(some -> ended.merge(some.length(), some.endedBy(moment), Long::sum));
        return ended;
    }
}
