package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.agentpulse.proof.Oracle;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Days, weeks and months of a time zone, where its clocks are changed: each quarter of an hour counts once. */
class HistoryByZoneITCase {

    private static final long QUARTER_SECONDS = 900;

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    /**
     * A zone, the first day of four weeks in the middle of which its clocks are changed, and how many hours that day
     * has. Kathmandu has no such day, and an odd offset. In the Azores midnight is left out in spring and comes twice in
     * autumn.
     */
    static final List<Arguments> SWITCHES = List.of(
            arguments("Europe/Berlin", "2024-03-18", 23.0),
            arguments("Europe/Berlin", "2024-10-14", 25.0),
            arguments("America/Santiago", "2024-08-26", 23.0),
            arguments("America/Santiago", "2024-03-25", 25.0),
            arguments("Asia/Beirut", "2024-03-18", 23.0),
            arguments("Asia/Beirut", "2024-10-14", 25.0),
            arguments("Atlantic/Azores", "2024-03-18", 23.0),
            arguments("Atlantic/Azores", "2024-10-14", 25.0),
            arguments("Australia/Lord_Howe", "2024-09-23", 23.5),
            arguments("Australia/Lord_Howe", "2024-03-25", 24.5),
            arguments("Asia/Kathmandu", "2024-03-18", 24.0));

    private static final List<Unit> UNITS = List.of(
            new Unit("day", day -> day, Period.ofDays(1)),
            new Unit("week", day -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)), Period.ofWeeks(1)),
            new Unit("month", day -> day.withDayOfMonth(1), Period.ofMonths(1)));

    /** @param first the first day of the unit that a day lies in */
    private record Unit(String name, UnaryOperator<LocalDate> first, Period length) {}

    /** Four weeks and a day at each end, from midnight to midnight in UTC: units at both ends are there in part. */
    private record Span(ZoneId zone, Instant begin, Instant end) {

        static Span of(String zone, LocalDate from) {
            return new Span(
                    ZoneId.of(zone),
                    from.minusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
                    from.plusDays(29).atStartOfDay(ZoneOffset.UTC).toInstant());
        }

        /** The call of a function that sums up. */
        String by(String function, Unit unit) {
            return "agentpulse.%s('%s', '%s', '%s', '%s')".formatted(function, unit.name(), zone, begin, end);
        }

        /** SQL of the bounds of all units that the span touches, by what Java knows of zones. */
        String units(Unit unit) {
            List<String> units = new ArrayList<>();
            LocalDate first = unit.first().apply(begin.atZone(zone).toLocalDate());
            for (Instant start = start(first); start.isBefore(end); start = start(first)) {
                first = first.plus(unit.length());
                units.add("(timestamptz '" + start + "', timestamptz '" + start(first) + "')");
            }
            return "(VALUES " + String.join(", ", units) + ") AS u (since, until)";
        }

        Instant start(LocalDate day) {
            return day.atStartOfDay(zone).toInstant();
        }
    }

    @ParameterizedTest
    @FieldSource("SWITCHES")
    void sumsAreThoseOfTheUnitsOfTheZone(String zoneName, LocalDate from, double oddDayHours) throws SQLException {
        Span span = Span.of(zoneName, from);
        Database database = SERVER.newMigratedDatabase();
        database.makeHistoryPartitions("timestamptz '" + span.begin() + "'", "timestamptz '" + span.end() + "'");
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "INSERT INTO agentpulse.pipeline_status (component, as_of, tick) VALUES ('test', '" + span.end()
                            + "', 1)");
            assertThatAgentsAddUp(connection, span);
            assertThatApprovalsAreWhatPlainSqlSays(connection, span);
            assertThatFeedbackIsWhatPlainSqlSays(connection, span);
            assertThat(Sql.rows(
                            connection,
                            "SELECT DISTINCT extract(epoch FROM unit_end - unit_start)::numeric / 3600 = " + oddDayHours
                                    + " FROM " + span.by("agent_history_by", UNITS.get(0))
                                    + " ORDER BY 1 DESC LIMIT 1"))
                    .containsExactly("t");
        }
    }

    private static void assertThatAgentsAddUp(Connection connection, Span span) throws SQLException {
        completeFromItsBegin(connection, span, "agent_performance_history");
        // The number of a quarter is its count, so that no two spans have the same sum by chance.
        Sql.run(connection, """
                INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,
                    latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                    human_edited_count, slow_query_count, final, as_of, commit_lsn)
                SELECT 'sales', '15m', q, q + interval '15 minutes', n, n, n * (n %% 7), ARRAY[n %% 7], ARRAY[n], 0, 0, 0,
                    0, true, q, '0/1'
                FROM generate_series(timestamptz '%s', timestamptz '%s' - interval '15 minutes',
                    interval '15 minutes') WITH ORDINALITY AS s (q, number), LATERAL (SELECT number::integer) AS c (n)
                """.formatted(span.begin(), span.end()));

        for (Unit unit : UNITS) {
            assertThat(Sql.rows(
                            connection,
                            "SELECT extract(epoch FROM unit_start)::bigint, extract(epoch FROM unit_end)::bigint,"
                                    + " query_count, p95_latency_ms, final, complete FROM "
                                    + span.by("agent_history_by", unit)))
                    .as(unit.name())
                    .isEqualTo(expected(span, unit));
        }
    }

    private static List<String> expected(Span span, Unit unit) {
        TreeMap<LocalDate, TreeMap<Long, Long>> counts = new TreeMap<>();
        long number = 1;
        for (Instant quarter = span.begin();
                quarter.isBefore(span.end());
                quarter = quarter.plusSeconds(QUARTER_SECONDS)) {
            counts.computeIfAbsent(
                            unit.first().apply(quarter.atZone(span.zone()).toLocalDate()), first -> new TreeMap<>())
                    .merge(number % 7, number, Long::sum);
            number++;
        }
        List<String> rows = new ArrayList<>();
        counts.forEach((first, latencies) -> {
            Instant start = span.start(first);
            Instant end = span.start(first.plus(unit.length()));
            long total = latencies.values().stream().mapToLong(Long::longValue).sum();
            long upTo = 0;
            long p95 = -1;
            for (Map.Entry<Long, Long> latency : latencies.entrySet()) {
                upTo += latency.getValue();
                if (p95 < 0 && 100 * upTo >= 95 * total) {
                    p95 = latency.getKey();
                }
            }
            rows.add(start.getEpochSecond() + "|" + end.getEpochSecond() + "|" + total + "|" + p95 + "|"
                    + (end.isAfter(span.end()) ? "f" : "t") + "|" + (start.isBefore(span.begin()) ? "f" : "t"));
        });
        return rows;
    }

    private static void assertThatApprovalsAreWhatPlainSqlSays(Connection connection, Span span) throws SQLException {
        // Decisions take up to an hour, so that some lie in another unit than their request.
        Sql.run(connection, """
                INSERT INTO public.agent_approvals (status, created_at, updated_at)
                SELECT (ARRAY['pending', 'approved', 'rejected', 'expired', 'approved'])[1 + n %% 5], t,
                    t + n * n %% 5000 * interval '0.71 seconds'
                FROM generate_series(timestamptz '%s', timestamptz '%s' - interval '2 hours', interval '7 minutes')
                    WITH ORDINALITY AS s (t, number), LATERAL (SELECT number::integer) AS c (n)
                """.formatted(span.begin(), span.end()));
        fillHistory(
                connection,
                span,
                "approval_history",
                "queue, requested_count, pending_count, approved_count, rejected_count, expired_count,"
                        + " resolution_sum_seconds, within_sla_count",
                Map.of("resolutions", "resolution_values, resolution_counts"));

        for (Unit unit : UNITS) {
            List<String> expected = Sql.rows(connection, """
                    SELECT extract(epoch FROM u.since)::bigint, extract(epoch FROM u.until)::bigint, r.requested, r.pending,
                        d.approved, d.rejected, d.expired, d.decided, trim_scale(d.seconds), d.in_time,
                        d.decided - d.in_time, round(100.0 * d.approved / nullif(d.decided, 0), 2),
                        round(d.seconds / nullif(d.decided, 0), 2), round(d.longest, 2), round(d.p50, 2),
                        round(d.p95, 2), round(100.0 * d.in_time / nullif(d.decided, 0), 2),
                        u.until <= timestamptz '%3$s', u.since >= timestamptz '%2$s'
                    FROM %1$s,
                        LATERAL (
                            SELECT count(*) AS requested, count(*) FILTER (WHERE status = 'pending') AS pending
                            FROM public.agent_approvals WHERE created_at >= u.since AND created_at < u.until) AS r,
                        LATERAL (
                            SELECT count(*) AS decided, count(*) FILTER (WHERE status = 'approved') AS approved,
                                count(*) FILTER (WHERE status = 'rejected') AS rejected,
                                count(*) FILTER (WHERE status = 'expired') AS expired,
                                coalesce(sum(took), 0) AS seconds, max(took) AS longest,
                                percentile_disc(0.5) WITHIN GROUP (ORDER BY took) AS p50,
                                percentile_disc(0.95) WITHIN GROUP (ORDER BY took) AS p95,
                                count(*) FILTER (WHERE took <= 300) AS in_time
                            FROM (
                                SELECT status, extract(epoch FROM updated_at - created_at) AS took
                                FROM public.agent_approvals
                                WHERE status <> 'pending' AND updated_at >= u.since AND updated_at < u.until) AS w) AS d
                    WHERE r.requested + d.decided > 0 ORDER BY u.since
                    """.formatted(span.units(unit), span.begin(), span.end()));

            assertThat(expected).isNotEmpty();
            assertThat(Sql.rows(
                            connection,
                            "SELECT extract(epoch FROM unit_start)::bigint, extract(epoch FROM unit_end)::bigint,"
                                    + " requested_count, pending_count, approved_count, rejected_count, expired_count,"
                                    + " decided_count, trim_scale(resolution_sum_seconds), within_sla_count,"
                                    + " breached_count, approval_rate_pct, avg_resolution_seconds,"
                                    + " max_resolution_seconds, p50_resolution_seconds, p95_resolution_seconds,"
                                    + " sla_compliance_pct, final, complete FROM "
                                    + span.by("approval_history_by", unit)))
                    .as(unit.name())
                    .isEqualTo(expected);
        }
    }

    private static void assertThatFeedbackIsWhatPlainSqlSays(Connection connection, Span span) throws SQLException {
        // Annotators come and go, so that units differ in them.
        Sql.run(connection, """
                INSERT INTO public.agent_feedback (safe_to_send, labels, rubric, annotator, created_at, updated_at)
                SELECT CASE n %% 3 WHEN 0 THEN true WHEN 1 THEN false END,
                    CASE WHEN n %% 4 > 0 THEN ARRAY['tone', 'label ' || n %% 6] END,
                    CASE WHEN n %% 5 > 0 THEN jsonb_build_object('clarity', 1 + n %% 5, 'accuracy', 0.25 * (n %% 21),
                        'tone', CASE WHEN n %% 2 = 0 THEN 3 END) END,
                    CASE WHEN n %% 7 > 0 THEN 'annotator ' || n / 300 %% 5 END, t, t
                FROM generate_series(timestamptz '%s', timestamptz '%s' - interval '1 minute', interval '11 minutes')
                    WITH ORDINALITY AS s (t, number), LATERAL (SELECT number::integer) AS c (n)
                """.formatted(span.begin(), span.end()));
        fillHistory(
                connection,
                span,
                "training_history",
                "dataset, feedback_count, safe_count, unsafe_count, clarity_count, accuracy_count, tone_count,"
                        + " clarity_sum, accuracy_sum, tone_sum",
                Map.of("all_labels", "labels, label_counts", "all_annotators", "annotators, annotator_counts"));

        for (Unit unit : UNITS) {
            List<String> expected = Sql.rows(connection, """
                    SELECT extract(epoch FROM u.since)::bigint, extract(epoch FROM u.until)::bigint, f.given, f.safe,
                        f.unsafe, f.given - f.safe - f.unsafe, f.clarities, f.accuracies, f.tones, trim_scale(f.clarity),
                        trim_scale(f.accuracy), trim_scale(f.tone),
                        (SELECT string_agg(l.name || ' ' || l.times, ',' ORDER BY l.name COLLATE "C") FROM (
                            SELECT name, count(*) AS times FROM public.agent_feedback, unnest(labels) AS name
                            WHERE created_at >= u.since AND created_at < u.until GROUP BY name) AS l),
                        (SELECT string_agg(a.annotator || ' ' || a.times, ',' ORDER BY a.annotator COLLATE "C") FROM (
                            SELECT annotator, count(*) AS times FROM public.agent_feedback
                            WHERE annotator IS NOT NULL AND created_at >= u.since AND created_at < u.until
                            GROUP BY annotator) AS a),
                        round(100.0 * f.unsafe / nullif(f.safe + f.unsafe, 0), 2),
                        round(f.clarity / nullif(f.clarities, 0), 2), round(f.accuracy / nullif(f.accuracies, 0), 2),
                        round(f.tone / nullif(f.tones, 0), 2), f.annotators, u.until <= timestamptz '%3$s',
                        u.since >= timestamptz '%2$s'
                    FROM %1$s,
                        LATERAL (
                            SELECT count(*) AS given, count(*) FILTER (WHERE safe_to_send) AS safe,
                                count(*) FILTER (WHERE NOT safe_to_send) AS unsafe,
                                count(rubric ->> 'clarity') AS clarities, count(rubric ->> 'accuracy') AS accuracies,
                                count(rubric ->> 'tone') AS tones,
                                coalesce(sum((rubric ->> 'clarity')::numeric), 0) AS clarity,
                                coalesce(sum((rubric ->> 'accuracy')::numeric), 0) AS accuracy,
                                coalesce(sum((rubric ->> 'tone')::numeric), 0) AS tone,
                                count(DISTINCT annotator) AS annotators
                            FROM public.agent_feedback WHERE created_at >= u.since AND created_at < u.until) AS f
                    WHERE f.given > 0 ORDER BY u.since
                    """.formatted(span.units(unit), span.begin(), span.end()));

            assertThat(expected).isNotEmpty();
            assertThat(Sql.rows(
                            connection,
                            "SELECT extract(epoch FROM unit_start)::bigint, extract(epoch FROM unit_end)::bigint,"
                                    + " feedback_count, safe_count, unsafe_count, unreviewed_count, clarity_count,"
                                    + " accuracy_count, tone_count, trim_scale(clarity_sum), trim_scale(accuracy_sum),"
                                    + " trim_scale(tone_sum), " + listed("labels, label_counts") + ", "
                                    + listed("annotators, annotator_counts")
                                    + ", unsafe_rate_pct, avg_clarity, avg_accuracy, avg_tone, active_annotator_count,"
                                    + " final, complete FROM " + span.by("training_history_by", unit)))
                    .as(unit.name())
                    .isEqualTo(expected);
        }
    }

    private static String listed(String distribution) {
        return "(SELECT string_agg(name || ' ' || times, ',' ORDER BY place) FROM unnest(" + distribution
                + ") WITH ORDINALITY AS e (name, times, place))";
    }

    private static void completeFromItsBegin(Connection connection, Span span, String table) throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from) SELECT '" + table
                        + "', bucket, '" + span.begin() + "' FROM unnest(ARRAY['15m', '1h']) AS bucket");
    }

    /**
     * Writes the history of what is in the source table, as the oracle has it, complete for the whole span. Rows of
     * another length and of another zone are there, too, which do not count.
     *
     * @param figures columns that the oracle has by the same name
     * @param distributions columns of the oracle with one value for each row, and the two that these make
     */
    private static void fillHistory(
            Connection connection, Span span, String table, String figures, Map<String, String> distributions)
            throws SQLException {
        completeFromItsBegin(connection, span, table);
        StringBuilder columns = new StringBuilder();
        StringBuilder values = new StringBuilder();
        StringBuilder joined = new StringBuilder();
        distributions.forEach((ofOracle, pair) -> {
            columns.append(", ").append(pair);
            values.append(", of_%1$s.held, of_%1$s.times".formatted(ofOracle));
            joined.append("""
                    , LATERAL (
                        SELECT coalesce(array_agg(value ORDER BY value), '{}') AS held,
                            coalesce(array_agg(n ORDER BY value), '{}') AS times
                        FROM (SELECT value, count(*)::integer AS n FROM unnest(o.%1$s) AS value GROUP BY value) AS e
                    ) AS of_%1$s
                    """.formatted(ofOracle));
        });
        Sql.run(connection, """
                INSERT INTO agentpulse.%1$s (%2$s, bucket, bucket_start, bucket_end, zone, final, as_of, commit_lsn%3$s)
                SELECT %2$s, o.bucket, o.bucket_start, o.bucket_start + o.bucket::interval, z.zone, true, o.bucket_start,
                    '0/1'%4$s
                FROM (%5$s) AS o, (VALUES ('UTC'), ('Asia/Tokyo')) AS z (zone)%6$s
                """.formatted(table, figures, columns, values, Oracle.query(table), joined));
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent_history_by", "approval_history_by", "training_history_by"})
    void refusesAUnitThatIsNone(String function) throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            assertThatThrownBy(() -> Sql.rows(
                            connection, "SELECT * FROM agentpulse." + function + "('hour', 'UTC', now(), now())"))
                    .hasMessageContaining("unit must be day, week, month or year, but is hour");
        }
    }

    @Test
    void readsWithTheRightsOfItsCaller() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(owner, "CREATE ROLE visitor", "GRANT USAGE ON SCHEMA agentpulse TO visitor");
        }
        Map<String, String> tables = Map.of(
                "agent_history_by", "agent_performance_history",
                "approval_history_by", "approval_history",
                "training_history_by", "training_history");
        try (Connection reader = database.connectInRole("agentpulse_reader");
                Connection visitor = database.connectInRole("visitor")) {
            for (Map.Entry<String, String> of : tables.entrySet()) {
                String call = "SELECT * FROM agentpulse." + of.getKey() + "('day', 'UTC', now(), now())";
                assertThat(Sql.rows(reader, call)).isEmpty();
                assertThatThrownBy(() -> Sql.rows(visitor, call))
                        .hasMessageContaining("permission denied for table " + of.getValue());
            }
        }
    }
}
