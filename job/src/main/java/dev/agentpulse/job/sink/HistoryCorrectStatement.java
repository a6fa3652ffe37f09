package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryCorrection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Adds corrections to rows of a history table that are final, of all lengths at once. A bucket that held nothing has no row
 * yet, and gets it.
 */
final class HistoryCorrectStatement extends BatchStatement<WrittenHistory<HistoryCorrection>> {

    private final String sql;

    HistoryCorrectStatement(HistoryColumns of) {
        super(
                of.qualifiedName(),
                2,
                WrittenHistory.columns(
                        List.of(
                                Column.text(of.table().subject(), change -> change.what()
                                        .subject()),
                                Column.time(
                                        "minute_start", change -> change.what().minuteMicros()),
                                Column.integer(
                                        "ended_buckets", change -> change.what().endedBuckets()),
                                Column.time("as_of", change -> change.tick().asOfMicros()),
                                WrittenHistory.lsnColumn()),
                        WrittenHistory.partColumns(of, HistoryCorrection::parts)));
        List<HistoryColumns.Joined> joined = of.joined();
        List<String> rewritten = Stream.of(
                        of.additive(),
                        joined.stream().map(HistoryColumns.Joined::column).toList(),
                        List.of("as_of", "commit_lsn"))
                .flatMap(List::stream)
                .toList();
        sql = """
                WITH change AS MATERIALIZED (SELECT %1$s FROM %2$s),
                lifted AS MATERIALIZED (
                    SELECT change.*, length.bucket, length.duration, %3$s AS bucket_start
                    FROM change JOIN %4$s ON length.number <= change.ended_buckets
                    WHERE %5$s),
                summed AS MATERIALIZED (
                    SELECT %6$s, bucket_start + duration AS bucket_end, %7$s,
                           max(as_of) AS as_of, max(commit_lsn) AS commit_lsn,
                           -- What was purged is no correction.
                           bool_or(%8$s)::integer AS corrections
                    FROM lifted GROUP BY %6$s, duration),
                stored AS MATERIALIZED (
                    SELECT h.* FROM summed AS s JOIN %9$s AS h
                        ON h.%10$s = s.%10$s AND h.bucket = s.bucket AND h.bucket_start = s.bucket_start
                            AND h.zone = 'UTC'),
                %11$s
                INSERT INTO %9$s AS t (%6$s, bucket_end, %12$s, %13$s, final, revision, corrected_at, as_of, commit_lsn)
                SELECT s.%10$s, s.bucket, s.bucket_start, s.bucket_end, %14$s, %15$s, true, s.corrections,
                    CASE WHEN s.corrections > 0 THEN s.as_of END, s.as_of, s.commit_lsn
                FROM summed AS s LEFT JOIN stored AS h USING (%6$s)%16$s
                ON CONFLICT (%6$s, zone) DO UPDATE SET %17$s, revision = t.revision + EXCLUDED.revision,
                    corrected_at = coalesce(EXCLUDED.corrected_at, t.corrected_at)""".formatted(
                        names(),
                        source(),
                        HistorySql.start("length.duration", "change.minute_start"),
                        HistorySql.LENGTHS,
                        of.follows("length.bucket", HistorySql.start("length.duration", "change.minute_start")),
                        of.key(),
                        of.summed(""),
                        of.notEmpty(""),
                        of.qualifiedName(),
                        of.table().subject(),
                        of.spreadExpressions(
                                spread -> of.entries(spread, "lifted") + " UNION ALL " + of.entries(spread, "stored")),
                        HistoryColumns.join(of.additive(), "$"),
                        HistoryColumns.join(joined, HistoryColumns.Joined::column),
                        HistoryColumns.join(of.additive(), "s.$ + coalesce(h.$, 0)"),
                        HistoryColumns.join(joined, HistoryColumns.Joined::value),
                        of.spreadJoins(),
                        HistoryColumns.join(rewritten, "$ = EXCLUDED.$"));
    }

    @Override
    String sql() {
        return sql;
    }
}
