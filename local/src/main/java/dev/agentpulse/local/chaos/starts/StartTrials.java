package dev.agentpulse.local.chaos.starts;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Many schedules, some of them at the same time, each by the next seed. */
public final class StartTrials {

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
            List<Callable<Void>> work = new ArrayList<>();
            for (int lane = 1; lane <= lanes; lane++) {
                Path own = folder.resolve("lane-" + lane);
                work.add(() -> runLane(database, own));
            }
            for (Future<Void> lane : threads.invokeAll(work)) {
                lane.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a trial could not be carried out", e.getCause());
        } finally {
            threads.shutdownNow();
        }
        printTotals();
        return failed().stream().map(StartReport::text).toList();
    }

    private Void runLane(TrialDatabase database, Path own) throws IOException, SQLException, InterruptedException {
        try (JobProcess process = JobProcess.start(own)) {
            for (int number = begun.getAndIncrement(); number < count; number = begun.getAndIncrement()) {
                add(StartTrial.run(StartSchedule.draw(firstSeed + number), database, process, own));
            }
        }
        return null;
    }

    private synchronized void add(StartReport report) {
        reports.add(report);
        out.printf("%4d of %d  %s%n", reports.size(), count, report.text());
        out.flush();
    }

    /** How many strikes of those that ran are known to have fallen into a snapshot that was half read. */
    public synchronized int strikesWhileReading() {
        return reports.stream().mapToInt(StartReport::strikesWhileReading).sum();
    }

    private void printTotals() {
        int strikes = reports.stream()
                .mapToInt(report -> report.schedule().strikes().size())
                .sum();
        List<Long> failed =
                failed().stream().map(report -> report.schedule().seed()).toList();
        out.printf(
                "%n%d schedules, %d different; %d strikes during the start, %d of them known to fall into the snapshot%n",
                reports.size(), failed.size(), strikes, strikesWhileReading());
        if (!failed.isEmpty()) {
            out.println("Different: seeds " + failed + "; each is repeated by ./agentpulse chaos --starts 1 --seed N");
        }
    }

    private synchronized List<StartReport> failed() {
        return reports.stream()
                .filter(report -> !report.isWell())
                .sorted(Comparator.comparing(report -> report.schedule().seed()))
                .toList();
    }
}
