package dev.agentpulse.bench.load;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What is written.
 *
 * @param changesPerSecond rows inserted or updated in a second; 0 for silence; not looked at when {@code flatOut}
 * @param flatOut whether each writer begins a transaction when the one before is committed
 * @param transactionRows changes in one transaction
 * @param tables how many of a hundred changes go to which table
 * @param updatePercent how many of a hundred changes are updates of rows that this load has inserted before
 * @param agents how many agents there are
 * @param busiestAgentPercent how many of a hundred queries are of one agent, beside its equal share of the others; 0 for
 *     all alike
 * @param writers connections that write side by side
 */
public record Load(
        double changesPerSecond,
        boolean flatOut,
        int transactionRows,
        Tables tables,
        int updatePercent,
        int agents,
        int busiestAgentPercent,
        int writers) {

    private static final int MOST_WRITERS = 64;
    private static final int MOST_ROWS = 1_000_000;
    private static final int HUNDRED = 100;

    /** Shares of a hundred. */
    public record Tables(int queries, int approvals, int feedback) {

        /** @throws IllegalArgumentException if they are not shares of a hundred */
        public Tables {
            if (queries < 0 || approvals < 0 || feedback < 0 || queries + approvals + feedback != HUNDRED) {
                throw new IllegalArgumentException("tables must be shares of 100, but are queries " + queries
                        + ", approvals " + approvals + " and feedback " + feedback);
            }
        }
    }

    /** @throws IllegalArgumentException if anything is outside its bounds, by its name in the file */
    public Load {
        if (!(changesPerSecond >= 0) || Double.isInfinite(changesPerSecond)) {
            throw new IllegalArgumentException(
                    "changes-per-second must be 0 or more and finite, but is " + changesPerSecond);
        }
        if (flatOut && changesPerSecond != 0) {
            throw new IllegalArgumentException(
                    "changes-per-second and flat-out exclude each other, but both are given");
        }
        if (tables == null) {
            throw new IllegalArgumentException("tables must be given: the shares of queries, approvals and feedback");
        }
        requireWithin("transaction-rows", transactionRows, 1, MOST_ROWS);
        requireWithin("update-percent", updatePercent, 0, HUNDRED - 1);
        requireWithin("agents", agents, 1, MOST_ROWS);
        requireWithin("busiest-agent-percent", busiestAgentPercent, 0, HUNDRED);
        requireWithin("writers", writers, 1, MOST_WRITERS);
    }

    /** Whether there is nothing to write. */
    @JsonIgnore
    public boolean isSilent() {
        return !flatOut && changesPerSecond == 0;
    }

    /**
     * The same rows, one a transaction, none updated.
     *
     * @param rowsPerSecond 0 for as fast as it goes
     */
    public Load inserts(int clients, double rowsPerSecond) {
        return new Load(rowsPerSecond, rowsPerSecond == 0, 1, tables, 0, agents, busiestAgentPercent, clients);
    }

    private static void requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be at least " + least + " and at most " + most + ", but is " + value);
        }
    }
}
