package dev.agentpulse.local.chaos.starts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * What happens in one trial, all of it drawn from a seed.
 *
 * @param checkpointMillis between two checkpoints of the job
 * @param rowsBefore plain rows of each table that are there before the job, besides what random transactions leave
 * @param transactionsBefore random transactions before the start
 * @param blocksReading whether tables are locked for moments, so that the snapshot is in the middle for longer
 * @param strikes while the job starts, in order
 * @param strikesAfter when results are there, in order
 * @param transactionsAfter random transactions when everything is over
 */
record StartSchedule(
        long seed,
        int parallelism,
        int checkpointMillis,
        int rowsBefore,
        int transactionsBefore,
        boolean blocksReading,
        List<Strike> strikes,
        List<Strike> strikesAfter,
        int transactionsAfter) {

    private static final List<Integer> CHECKPOINT_MILLIS = List.of(100, 300, 1_000, 600_000);
    private static final List<StartFault> FAULTS = List.of(StartFault.values());
    private static final int MOST_ROWS = 1_500;
    private static final int MOST_TRANSACTIONS = 120;
    private static final int MOST_STRIKES = 3;
    private static final int LONGEST_PAUSE_MILLIS = 1_200;

    /**
     * One thing that goes wrong.
     *
     * @param whileReading whether it waits for a moment in which the snapshot is being read, if there is one
     * @param pauseMillis after the strike before it, or after the start
     */
    record Strike(StartFault fault, boolean whileReading, int pauseMillis) {

        @Override
        public String toString() {
            return fault + (whileReading ? " while reading" : " after " + pauseMillis + " ms");
        }
    }

    StartSchedule {
        strikes = List.copyOf(strikes);
        strikesAfter = List.copyOf(strikesAfter);
    }

    static StartSchedule draw(long seed) {
        Random random = new Random(seed);
        // The first number that a generator gives hardly differs between neighbouring seeds.
        random.nextLong();
        boolean blocksReading = random.nextInt(4) > 0;
        return new StartSchedule(
                seed,
                1 + random.nextInt(2),
                CHECKPOINT_MILLIS.get(random.nextInt(CHECKPOINT_MILLIS.size())),
                random.nextInt(MOST_ROWS),
                random.nextInt(MOST_TRANSACTIONS),
                blocksReading,
                strikes(random, 1 + random.nextInt(MOST_STRIKES), blocksReading),
                strikes(random, random.nextInt(2), false),
                random.nextInt(MOST_TRANSACTIONS));
    }

    private static List<Strike> strikes(Random random, int count, boolean whileReading) {
        List<Strike> strikes = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            StartFault fault = FAULTS.get(random.nextInt(FAULTS.size()));
            // Small numbers are as likely as large ones: the first moments hold the most steps.
            int pause = (int) (LONGEST_PAUSE_MILLIS * Math.pow(random.nextDouble(), 2));
            strikes.add(new Strike(fault, whileReading && random.nextInt(3) > 0, pause));
        }
        return strikes;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%4d rows, %3d transactions, checkpoints every %d ms, parallelism %d; %s; then %s",
                3 * rowsBefore,
                transactionsBefore,
                checkpointMillis,
                parallelism,
                words(strikes),
                words(strikesAfter));
    }

    private static String words(List<Strike> strikes) {
        return strikes.isEmpty()
                ? "nothing"
                : strikes.stream().map(Strike::toString).collect(Collectors.joining(", "));
    }
}
