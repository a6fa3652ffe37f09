package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.local.PrintableText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Many schedules, some of them at the same time, each by the next seed. */
public final class StartTrials {

    /** An archive of classes costs as much as some starts of a process save by it. */
    private static final int ENOUGH_FOR_AN_ARCHIVE = 50;

    private final Path folder;
    private final int count;
    private final long firstSeed;
    private final int lanes;
    private final PrintStream out;
    private final AtomicInteger begun = new AtomicInteger();
    private final List<StartReport> reports = new ArrayList<>();

    /**
     * Trials in an empty folder.
     *
     * @param lanes how many run at the same time
     */
    public StartTrials(Path folder, int count, long firstSeed, int lanes, PrintStream out) {
        this.folder = folder;
        this.count = count;
        this.firstSeed = firstSeed;
        this.lanes = Math.min(lanes, count);
        this.out = out;
    }

    /**
     * Runs all of them, and prints each.
     *
     * @return one text for each that was not equal to plain SQL, with its seed
     */
    public List<String> run() throws IOException, SQLException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(lanes);
        try (TrialDatabase database = TrialDatabase.start(folder.resolve("postgres"))) {
            JobJvm jvm = count < ENOUGH_FOR_AN_ARCHIVE ? JobJvm.plain() : runFirst(database);
            List<Callable<Void>> work = new ArrayList<>();
            for (int lane = 1; lane <= lanes; lane++) {
                Path own = folder.resolve("lane-" + lane);
                work.add(() -> runLane(jvm, database, own, count));
            }
            for (Future<Void> lane : threads.invokeAll(work)) {
                lane.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a trial could not be carried out: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
        out.print(StartTotals.of(reports));
        return failed().stream().map(StartReport::text).toList();
    }

    /** The first schedule shows which classes the others will load. */
    private JobJvm runFirst(TrialDatabase database) throws IOException, InterruptedException {
        JobJvm jvm = JobJvm.withArchive(folder.resolve("classes"));
        runLane(jvm, database, folder.resolve("lane-0"), 1);
        jvm.makeArchive();
        return jvm;
    }

    private Void runLane(JobJvm jvm, TrialDatabase database, Path own, int until)
            throws IOException, InterruptedException {
        try (JobProcess process = JobProcess.start(jvm, own)) {
            for (int number = next(until); number < until; number = next(until)) {
                add(carryOut(StartSchedule.draw(firstSeed + number), database, process, own));
            }
        }
        return null;
    }

    private int next(int until) {
        return begun.getAndUpdate(number -> Math.min(number + 1, until));
    }

    /** What hinders one schedule does not hinder the next one. */
    private static StartReport carryOut(StartSchedule schedule, TrialDatabase database, JobProcess process, Path own)
            throws IOException, InterruptedException {
        try {
            return StartTrial.run(schedule, database, process, own);
        } catch (IOException | SQLException | CompletionException e) {
            process.killAndStartAgain();
            return new StartReport(
                    schedule,
                    List.of(),
                    Duration.ZERO,
                    Duration.ZERO,
                    List.of("it could not be carried out: " + e + (e.getCause() == null ? "" : ": " + e.getCause())));
        }
    }

    private synchronized void add(StartReport report) {
        reports.add(report);
        out.printf(
                "%4d of %d, %d different  %s%n",
                reports.size(), count, failed().size(), PrintableText.of(report.text()));
        out.flush();
    }

    /** How many strikes of those that ran are known to have fallen into a snapshot that was half read. */
    public synchronized int strikesWhileReading() {
        return reports.stream()
                .mapToInt(report -> report.strikesWhileReading().size())
                .sum();
    }

    private synchronized List<StartReport> failed() {
        return reports.stream().filter(report -> !report.isWell()).toList();
    }
}
