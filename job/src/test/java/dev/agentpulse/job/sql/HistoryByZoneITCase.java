package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Days, weeks and months of a time zone, where its clocks are changed: each quarter of an hour counts once. */
class HistoryByZoneITCase {

    private static final long QUARTER_SECONDS = 900;

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    /** The switch lies in the middle of the four weeks from the date; Kathmandu has none, and an odd offset. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2024-03-18, 23",
        "Europe/Berlin, 2024-10-14, 25",
        "America/Santiago, 2024-08-26, 23",
        "America/Santiago, 2024-03-25, 25",
        "Asia/Beirut, 2024-03-18, 23",
        "Asia/Beirut, 2024-10-14, 25",
        "Australia/Lord_Howe, 2024-09-23, 23.5",
        "Australia/Lord_Howe, 2024-03-25, 24.5",
        "Asia/Kathmandu, 2024-03-18, 24"
    })
    void sumsAreThoseOfTheUnitsOfTheZone(String zoneName, LocalDate from, double oddDayHours) throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        ZoneId zone = ZoneId.of(zoneName);
        Instant begin = from.minusDays(1).atStartOfDay(ZoneId.of("UTC")).toInstant();
        Instant end = from.plusDays(29).atStartOfDay(ZoneId.of("UTC")).toInstant();
        database.makeHistoryPartitions("timestamptz '" + begin + "'", "timestamptz '" + end + "'");
        try (Connection connection = database.connect()) {
            // The number of a quarter is its count, so that no two spans have the same sum by chance.
            Sql.run(connection, """
                    INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,
                        latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                        human_edited_count, slow_query_count, final, as_of, commit_lsn)
                    SELECT 'sales', '15m', q, q + interval '15 minutes', n, n, n * (n %% 7), ARRAY[n %% 7], ARRAY[n], 0, 0, 0,
                        0, true, q, '0/1'
                    FROM generate_series(timestamptz '%s', timestamptz '%s' - interval '15 minutes',
                        interval '15 minutes') WITH ORDINALITY AS s (q, number), LATERAL (SELECT number::integer) AS c (n)
                    """.formatted(begin, end));

            Map<String, UnaryOperator<LocalDate>> units = new TreeMap<>();
            units.put("day", day -> day);
            units.put("week", day -> day.with(TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY)));
            units.put("month", day -> day.withDayOfMonth(1));
            for (Map.Entry<String, UnaryOperator<LocalDate>> unit : units.entrySet()) {
                assertThat(Sql.rows(
                                connection,
                                "SELECT extract(epoch FROM unit_start)::bigint, query_count, p95_latency_ms"
                                        + " FROM agentpulse.agent_history_by('" + unit.getKey() + "', '" + zoneName
                                        + "', '" + begin + "', '" + end + "')"))
                        .as(unit.getKey())
                        .isEqualTo(expected(zone, begin, end, unit.getValue()));
            }
            assertThat(Sql.rows(
                            connection,
                            "SELECT DISTINCT extract(epoch FROM unit_end - unit_start)::numeric / 3600 = " + oddDayHours
                                    + " FROM agentpulse.agent_history_by('day', '" + zoneName + "', '" + begin + "', '"
                                    + end + "') ORDER BY 1 DESC LIMIT 1"))
                    .containsExactly("t");
        }
    }

    private static List<String> expected(ZoneId zone, Instant begin, Instant end, UnaryOperator<LocalDate> unit) {
        TreeMap<Long, TreeMap<Long, Long>> counts = new TreeMap<>();
        long number = 1;
        for (Instant quarter = begin; quarter.isBefore(end); quarter = quarter.plusSeconds(QUARTER_SECONDS)) {
            LocalDate first = unit.apply(quarter.atZone(zone).toLocalDate());
            counts.computeIfAbsent(first.atStartOfDay(zone).toEpochSecond(), start -> new TreeMap<>())
                    .merge(number % 7, number, Long::sum);
            number++;
        }
        List<String> rows = new ArrayList<>();
        counts.forEach((start, latencies) -> {
            long total = latencies.values().stream().mapToLong(Long::longValue).sum();
            long upTo = 0;
            long p95 = -1;
            for (Map.Entry<Long, Long> latency : latencies.entrySet()) {
                upTo += latency.getValue();
                if (p95 < 0 && 100 * upTo >= 95 * total) {
                    p95 = latency.getKey();
                }
            }
            rows.add(start + "|" + total + "|" + p95);
        });
        return rows;
    }

    @Test
    void refusesAUnitThatIsNone() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            assertThatThrownBy(() -> Sql.rows(
                            connection, "SELECT * FROM agentpulse.agent_history_by('hour', 'UTC', now(), now())"))
                    .hasMessageContaining("unit must be day, week, month or year, but is hour");
        }
    }

    @Test
    void readsWithTheRightsOfItsCaller() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        String call = "SELECT * FROM agentpulse.agent_history_by('day', 'UTC', now(), now())";
        try (Connection owner = database.connect()) {
            Sql.run(owner, "CREATE ROLE visitor", "GRANT USAGE ON SCHEMA agentpulse TO visitor");
        }
        try (Connection reader = database.connectInRole("agentpulse_reader");
                Connection visitor = database.connectInRole("visitor")) {
            assertThat(Sql.rows(reader, call)).isEmpty();
            assertThatThrownBy(() -> Sql.rows(visitor, call))
                    .hasMessageContaining("permission denied for table agent_performance_history");
        }
    }
}
