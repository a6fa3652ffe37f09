package dev.agentpulse.job.sink;

/** Pieces of SQL that the statements of all history tables share. */
final class HistorySql {

    /** The buckets by their length; hours, because a day of an interval is one of the session's zone. */
    static final String LENGTHS = "(VALUES ('1m', 1, interval '1 minute'), ('15m', 2, interval '15 minutes'),"
            + " ('1h', 3, interval '1 hour'), ('1d', 4, interval '24 hours')) AS length (bucket, number, duration)";

    private HistorySql() {}

    /** The start of the bucket that a time lies in; from a midnight before all that are usable. */
    static String start(String duration, String time) {
        return "date_bin(" + duration + ", " + time + ", timestamptz '0001-01-01 00:00:00+00')";
    }
}
