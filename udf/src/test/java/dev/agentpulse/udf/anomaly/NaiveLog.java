package dev.agentpulse.udf.anomaly;

import dev.agentpulse.udf.anomaly.RecentQueries.Part;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All queries of an agent by half-minutes, as running totals since the beginning. */
final class NaiveLog {

    static final int FIVE_MINUTES = 10;
    static final int HOUR = 120;

    /** How many half-minutes ago the hour ended whose level the five minutes have. */
    static final int FOR_FIVE_MINUTES = 20;

    /** The same of the hour. */
    static final int FOR_AN_HOUR = 140;

    private final List<List<Query>> halfMinutes = new ArrayList<>();
    private final Map<Part, List<Long>> totals = new EnumMap<>(Part.class);

    NaiveLog() {
        for (Part part : Part.values()) {
            totals.put(part, new ArrayList<>(List.of(0L)));
        }
    }

    /** The half-minute that is next. */
    void add(List<Query> queries) {
        halfMinutes.add(queries);
        totals.forEach((part, sums) -> sums.add(sums.get(sums.size() - 1)
                + queries.stream().mapToLong(query -> of(query, part)).sum()));
    }

    private static long of(Query query, Part part) {
        long latency = query.latencyMs() == null ? 0 : query.latencyMs();
        boolean isReviewed = query.approved() != null;
        return switch (part) {
            case COUNT -> 1;
            case TIMED -> query.latencyMs() == null ? 0 : 1;
            case LATENCY -> latency;
            case LATENCY_SQUARES -> latency * latency;
            case REVIEWED -> isReviewed ? 1 : 0;
            case REJECTED -> Boolean.FALSE.equals(query.approved()) ? 1 : 0;
            case EDITED -> isReviewed && query.edited() ? 1 : 0;
        };
    }

    /** The queries of the half-minutes from one on, up to the end of another. */
    List<Query> queries(int from, int end) {
        return halfMinutes.subList(from, end).stream().flatMap(List::stream).toList();
    }

    /** Of some half-minutes up to the end of one. */
    double sum(Part part, int end, int length) {
        List<Long> sums = Objects.requireNonNull(totals.get(part));
        return (double) (sums.get(end) - sums.get(end - length));
    }

    /** How many half-minutes up to the end of one had no query, at most 30. */
    int quiet(int end) {
        int quiet = 0;
        while (quiet < 30 && halfMinutes.get(end - quiet - 1).isEmpty()) {
            quiet++;
        }
        return quiet;
    }
}
