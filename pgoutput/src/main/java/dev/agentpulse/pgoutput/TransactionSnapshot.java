package dev.agentpulse.pgoutput;

import java.util.Arrays;

/**
 * Which transactions a query has seen: the text of {@code pg_current_snapshot()}, taken in the query's own transaction
 * (REPEATABLE READ), as {@code xmin:xmax:xip,xip}. A change of the stream is in what the query read if and only if its
 * top-level transaction is visible here, given that the slot was made before the snapshot was taken. Positions in the log
 * cannot tell: a row's lies before that of its commit, and a commit may be visible before it is written.
 */
public final class TransactionSnapshot {

    private static final String EXPECTED = "a snapshot";
    private static final long EPOCH = 1L << 32;

    private final long xmin;
    private final long xmax;
    private final long[] inProgress;

    private TransactionSnapshot(long xmin, long xmax, long[] inProgress) {
        this.xmin = xmin;
        this.xmax = xmax;
        this.inProgress = inProgress;
    }

    /**
     * The snapshot of a text.
     *
     * @throws MalformedValueException when the text is not one
     */
    public static TransactionSnapshot parse(String text) {
        int first = text.indexOf(':');
        int second = text.indexOf(':', first + 1);
        if (first < 0 || second < 0) {
            throw new MalformedValueException(EXPECTED, text);
        }
        long xmin = NumberText.wholeNumber(text.substring(0, first));
        long xmax = NumberText.wholeNumber(text.substring(first + 1, second));
        String list = text.substring(second + 1);
        long[] inProgress = list.isEmpty()
                ? new long[0]
                : Arrays.stream(list.split(",", -1))
                        .mapToLong(NumberText::wholeNumber)
                        .toArray();
        if (xmin < 0 || xmin > xmax || !isIncreasing(inProgress, xmin, xmax)) {
            throw new MalformedValueException(EXPECTED, text);
        }
        return new TransactionSnapshot(xmin, xmax, inProgress);
    }

    /** Whether all rows of the top-level transaction with this id of 64 bits, if it was committed, were seen. */
    public boolean isVisible(long xid64) {
        return xid64 < xmin || (xid64 < xmax && Arrays.binarySearch(inProgress, xid64) < 0);
    }

    /**
     * The id of 64 bits whose low 32 bits these are: of all such ids, none of them negative, the one nearest to the
     * snapshot. The transaction must lie within two billion others of the snapshot, on either side.
     */
    public long widen(int xid32) {
        long nearest = xmax + (xid32 - (int) xmax);
        return nearest < 0 ? nearest + EPOCH : nearest;
    }

    /** Whether the changes of the transaction with these low 32 bits ({@link Message.Begin#xid}) were seen. */
    public boolean contains(int xid32) {
        return isVisible(widen(xid32));
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder().append(xmin).append(':').append(xmax).append(':');
        for (int i = 0; i < inProgress.length; i++) {
            text.append(i == 0 ? "" : ",").append(inProgress[i]);
        }
        return text.toString();
    }

    private static boolean isIncreasing(long[] xids, long from, long to) {
        long previous = from - 1;
        for (long xid : xids) {
            if (xid <= previous || xid >= to) {
                return false;
            }
            previous = xid;
        }
        return true;
    }
}
