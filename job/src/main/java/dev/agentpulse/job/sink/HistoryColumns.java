package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.udf.aggregate.ApprovalHistory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a history table that the writer makes: the parts, which add up, and what follows from the distribution
 * and is no expression of other columns.
 *
 * @param counts parts that are whole numbers, what was purged among them
 * @param sums parts that are decimals
 * @param spreads parts that tell how often each value occurs; the derived columns are of the first
 * @param bound up to which values are counted apart
 */
record HistoryColumns(
        HistoryTable table,
        List<String> counts,
        List<String> sums,
        List<Spread> spreads,
        List<Derived> derived,
        long bound) {

    static final String PURGED = "purged_rows";

    private static final int HUNDREDTHS = 2;

    /** Two columns: arrays of the values, of this type, and of how often each occurs. */
    record Spread(
            String values,
            String times,
            String type,
            Function<HistoryParts, String> valuesOf,
            Function<HistoryParts, String> timesOf) {

        /** How the values are sorted. */
        String order() {
            return type.equals("text") ? "value COLLATE \"C\"" : "value";
        }
    }

    /**
     * A column that follows from the distribution.
     *
     * @param percent of a percentile which one it is, the least first; null of what is none
     * @param none its value where nothing is counted
     * @param sql of {@code value}, {@code times}, how many are {@code up_to} the value, and the {@code total}
     * @param corrected of what {@code distribution_figures} finds, as {@code f}; a percentile of {@code $}
     */
    record Derived(
            String column,
            String type,
            @Nullable Integer percent,
            String none,
            String sql,
            String corrected,
            Function<HistoryParts, @Nullable Object> value) {}

    static HistoryColumns of(HistoryTable table, AlertConfig alerts) {
        List<String> counts =
                Stream.concat(table.counts().stream(), Stream.of(PURGED)).toList();
        long slaHundredths = ApprovalHistory.slaHundredths(alerts.slaThresholdMicros());
        return switch (table) {
            case AGENTS ->
                new HistoryColumns(
                        table,
                        counts,
                        table.sums(),
                        List.of(numbers("latency")),
                        List.of(
                                milliseconds("p50_latency_ms", 50),
                                milliseconds("p95_latency_ms", 95),
                                milliseconds("p99_latency_ms", 99),
                                milliseconds("max_latency_ms", 100),
                                counted("slow_query_count", alerts.slowQueryMs(), false)),
                        alerts.slowQueryMs());
            case APPROVALS ->
                new HistoryColumns(
                        table,
                        counts,
                        table.sums(),
                        List.of(numbers("resolution")),
                        List.of(
                                seconds("p50_resolution_seconds", 50),
                                seconds("p95_resolution_seconds", 95),
                                seconds("max_resolution_seconds", 100),
                                counted("within_sla_count", slaHundredths, true)),
                        slaHundredths);
            case TRAINING ->
                new HistoryColumns(
                        table,
                        counts,
                        table.sums(),
                        List.of(texts("labels", "label_counts", 0), texts("annotators", "annotator_counts", 1)),
                        List.of(),
                        0);
        };
    }

    private static Spread numbers(String of) {
        return new Spread(
                of + "_values",
                of + "_counts",
                "integer",
                parts -> array(parts.values()),
                parts -> array(parts.valueCounts()));
    }

    private static Spread texts(String values, String times, int kind) {
        return new Spread(
                values,
                times,
                "text",
                parts -> Arrays.stream(parts.texts()[kind])
                        .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                        .collect(Collectors.joining(",", "{", "}")),
                parts -> array(parts.textCounts()[kind]));
    }

    private static String array(int[] values) {
        return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(",", "{", "}"));
    }

    private static Derived milliseconds(String column, int percent) {
        return new Derived(
                column, "integer", percent, "NULL", percentile(percent), "$", parts -> percentile(parts, percent));
    }

    private static Derived seconds(String column, int percent) {
        String inSeconds = "round(# / 100.0, 2)";
        return new Derived(
                column,
                "numeric",
                percent,
                "NULL",
                inSeconds.replace("#", percentile(percent)),
                inSeconds.replace("#", "$"),
                parts -> {
                    Integer hundredths = percentile(parts, percent);
                    return hundredths == null ? null : BigDecimal.valueOf(hundredths, HUNDREDTHS);
                });
    }

    /** How many are up to a limit, or beyond it. */
    private static Derived counted(String column, long limit, boolean upTo) {
        String sql = "coalesce(sum(times) FILTER (WHERE value " + (upTo ? "<= " : "> ") + limit + "), 0)";
        String corrected = upTo ? "f.up_to" : "f.total - f.up_to";
        return new Derived(
                column, "bigint", null, "0", sql, corrected, parts -> IntStream.range(0, parts.values().length)
                        .filter(i -> parts.values()[i] <= limit == upTo)
                        .mapToLong(i -> parts.valueCounts()[i])
                        .sum());
    }

    private static String percentile(int percent) {
        return "min(value) FILTER (WHERE 100 * up_to >= " + percent + " * total)";
    }

    /** As {@code percentile_disc}: the smallest value with at least that share at or below it. */
    private static @Nullable Integer percentile(HistoryParts parts, int percent) {
        long total = Arrays.stream(parts.valueCounts()).asLongStream().sum();
        long upTo = 0;
        for (int i = 0; total > 0 && i < parts.values().length; i++) {
            upTo += parts.valueCounts()[i];
            if (100 * upTo >= percent * total) {
                return parts.values()[i];
            }
        }
        return null;
    }

    String qualifiedName() {
        return "agentpulse." + table.tableName();
    }

    /** What says which bucket it is, of one zone. */
    String key() {
        return table.subject() + ", bucket, bucket_start";
    }

    /** Counts and sums. */
    List<String> additive() {
        return Stream.concat(counts.stream(), sums.stream()).toList();
    }

    /** Whether anything is counted of anything, but for what was purged. */
    String notEmpty(String row) {
        List<String> columns = new ArrayList<>();
        List<String> nothing = new ArrayList<>();
        additive().stream().filter(column -> !column.equals(PURGED)).forEach(column -> {
            columns.add(row + column);
            nothing.add("0");
        });
        spreads.forEach(spread -> {
            columns.add(row + spread.values());
            nothing.add("'{}'");
        });
        return "(" + String.join(", ", columns) + ") <> (" + String.join(", ", nothing) + ")";
    }

    /** From when on buckets are complete and follow their rows. */
    String completeFrom(String bucket) {
        return "(SELECT reach.complete_from FROM agentpulse.history_reach AS reach WHERE reach.history_table = '"
                + table.tableName() + "' AND reach.bucket = " + bucket + ")";
    }

    /** Whether the bucket is there and follows its rows. */
    String follows(String bucket, String start) {
        return "EXISTS (SELECT FROM agentpulse.history_reach AS reach WHERE reach.history_table = '"
                + table.tableName() + "' AND reach.bucket = " + bucket + " AND " + start
                + " >= reach.complete_from AND " + start + " IS DISTINCT FROM reach.incomplete_start)";
    }

    /** Sums of the additive parts of some rows. */
    String summed(String row) {
        return Stream.concat(
                        counts.stream().map(column -> "coalesce(sum($" + column + "), 0)::bigint AS " + column),
                        sums.stream().map(column -> "coalesce(sum($" + column + "), 0) AS " + column))
                .map(column -> column.replace("$", row))
                .collect(Collectors.joining(", "));
    }

    /**
     * Common table expressions {@code spread_0 …}, of each bucket the distribution and what follows from it.
     *
     * @param entries what a spread is made of: the key's columns, {@code value} and {@code times}
     */
    String spreadExpressions(Function<Spread, String> entries) {
        List<String> expressions = new ArrayList<>();
        for (int i = 0; i < spreads.size(); i++) {
            Spread spread = spreads.get(i);
            String columns = i > 0
                    ? ""
                    : derived.stream()
                            .map(column -> ", " + column.sql() + " AS " + column.column())
                            .collect(Collectors.joining());
            expressions.add("""
                    entry_%1$d AS (%2$s),
                    ranked_%1$d AS (
                        SELECT %3$s, value, sum(times) AS times,
                               sum(sum(times)) OVER (PARTITION BY %3$s ORDER BY value) AS up_to,
                               sum(sum(times)) OVER (PARTITION BY %3$s) AS total
                        FROM entry_%1$d GROUP BY %3$s, value HAVING sum(times) <> 0),
                    spread_%1$d AS MATERIALIZED (
                        SELECT %3$s, array_agg(value ORDER BY %4$s) AS %5$s,
                               array_agg(times::integer ORDER BY %4$s) AS %6$s%7$s
                        FROM ranked_%1$d GROUP BY %3$s)""".formatted(
                            i, entries.apply(spread), key(), spread.order(), spread.values(), spread.times(), columns));
        }
        return String.join(",\n", expressions);
    }

    /** What a spread's rows hold, one value a row. */
    String entries(Spread spread, String from) {
        return "SELECT s." + key().replace(", ", ", s.") + ", e.value, e.times FROM " + from + " AS s, unnest(s."
                + spread.values() + ", s." + spread.times() + ") AS e (value, times)";
    }

    /** Joins of {@link #spreadExpressions} to the buckets. */
    String spreadJoins() {
        return IntStream.range(0, spreads.size())
                .mapToObj(i -> " LEFT JOIN spread_" + i + " AS g" + i + " USING (" + key() + ")")
                .collect(Collectors.joining());
    }

    /** A column of the joined spreads and its value. */
    record Joined(String column, String value) {}

    /** The columns of {@link #spreadJoins}. */
    List<Joined> joined() {
        List<Joined> columns = new ArrayList<>();
        for (int i = 0; i < spreads.size(); i++) {
            for (String column : List.of(spreads.get(i).values(), spreads.get(i).times())) {
                columns.add(new Joined(column, "coalesce(g" + i + "." + column + ", '{}')"));
            }
        }
        derived.forEach(column -> columns.add(
                new Joined(column.column(), "coalesce(g0." + column.column() + ", " + column.none() + ")")));
        return columns;
    }

    /**
     * Assignments that add the spreads of the row {@code EXCLUDED} to those of the row {@code t}. Arrays that stay as they are
     * are not read, and what follows from them stays, too.
     */
    String corrections() {
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i < spreads.size(); i++) {
            Spread spread = spreads.get(i);
            String columns = spread.values() + ", " + spread.times();
            String kept = "t." + spread.values() + ", t." + spread.times();
            String made = "d.held, d.times";
            String from = "agentpulse.corrected_distribution(t." + spread.values()
                    + (spread.type().equals("text") ? " COLLATE \"C\"" : "") + ", t." + spread.times() + ", EXCLUDED."
                    + spread.values() + ", EXCLUDED." + spread.times() + ") AS d";
            if (i == 0 && !derived.isEmpty()) {
                List<String> percents = new ArrayList<>();
                List<String> near = new ArrayList<>();
                for (Derived column : derived) {
                    columns += ", " + column.column();
                    kept += ", t." + column.column();
                    if (column.percent() != null) {
                        percents.add(column.percent().toString());
                        near.add((column.type().equals("numeric") ? "100 * t." : "t.") + column.column());
                    }
                    made += ", " + column.corrected().replace("$", "f.percentiles[" + percents.size() + "]");
                }
                from += ", agentpulse.distribution_figures(d.held, d.times, '{" + String.join(", ", percents)
                        + "}', ARRAY[" + String.join(", ", near) + "]::integer[], "
                        + Math.min(bound, Integer.MAX_VALUE) + ") AS f";
            }
            String changed = "EXCLUDED." + spread.values() + " <> '{}'";
            assignments.add("(" + columns + ") = (SELECT " + kept + " WHERE NOT " + changed + " UNION ALL SELECT "
                    + made + " FROM " + from + " WHERE " + changed + ")");
        }
        return String.join(", ", assignments);
    }

    static String join(List<String> columns, String pattern) {
        return columns.stream().map(column -> pattern.replace("$", column)).collect(Collectors.joining(", "));
    }

    static String join(List<Joined> columns, Function<Joined, String> text) {
        return columns.stream().map(text).collect(Collectors.joining(", "));
    }
}
