package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Makes the rows of a day of its hours: of the day in which the job started, a part was read from the table and the other
 * came by the stream, so the job's state does not hold the whole of it.
 */
final class HistoryDayStatement {

    private static final String IS_THERE =
            "UPDATE agentpulse.history_reach SET incomplete_start = NULL WHERE history_table = ?";

    private final Connection connection;
    private final String table;
    private final String sql;

    HistoryDayStatement(Connection connection, HistoryColumns of) {
        this.connection = connection;
        this.table = of.table().tableName();
        List<HistoryColumns.Joined> joined = of.joined();
        String parts = Stream.concat(
                        of.additive().stream(),
                        of.spreads().stream().flatMap(spread -> Stream.of(spread.values(), spread.times())))
                .map(column -> "h." + column)
                .collect(Collectors.joining(", "));
        List<String> rewritten = Stream.of(
                        of.additive(),
                        joined.stream().map(HistoryColumns.Joined::column).toList(),
                        List.of("final", "as_of", "commit_lsn"))
                .flatMap(List::stream)
                .toList();
        this.sql = """
                WITH tick AS (SELECT ?::timestamptz AS day_start, ?::timestamptz AS as_of, ?::pg_lsn AS commit_lsn),
                hour AS MATERIALIZED (
                    SELECT h.%1$s, '1d' AS bucket, tick.day_start AS bucket_start, %2$s
                    FROM %3$s AS h, tick
                    WHERE h.bucket = '1h' AND h.zone = 'UTC' AND h.bucket_start >= tick.day_start
                      AND h.bucket_start < tick.day_start + interval '24 hours'),
                %4$s,
                summed AS (SELECT %5$s, %6$s FROM hour AS h GROUP BY %5$s)
                INSERT INTO %3$s (%5$s, bucket_end, %7$s, %8$s, final, as_of, commit_lsn)
                SELECT %5$s, tick.day_start + interval '24 hours', %9$s, %10$s, true, tick.as_of, tick.commit_lsn
                FROM tick, summed AS s%11$s
                ON CONFLICT (%5$s, zone) DO UPDATE SET %12$s""".formatted(
                        of.table().subject(),
                        parts,
                        of.qualifiedName(),
                        of.spreadExpressions(spread -> of.entries(spread, "hour")),
                        of.key(),
                        of.summed("h."),
                        HistoryColumns.join(of.additive(), "$"),
                        HistoryColumns.join(joined, HistoryColumns.Joined::column),
                        HistoryColumns.join(of.additive(), "s.$"),
                        HistoryColumns.join(joined, HistoryColumns.Joined::value),
                        of.spreadJoins(),
                        HistoryColumns.join(rewritten, "$ = EXCLUDED.$"));
    }

    /** Writes them, and says that the day is there. */
    void write(long startMicros, TickProgress tick) throws SQLException {
        try (Statement setting = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(sql);
                PreparedStatement there = connection.prepareStatement(IS_THERE)) {
            // The writer's session goes by keys; this one joins what it has summed up, which has none.
            setting.execute("SET LOCAL enable_hashjoin = on");
            insert.setString(1, Column.text(startMicros));
            insert.setString(2, Column.text(tick.asOfMicros()));
            insert.setString(3, LogSequenceNumber.valueOf(tick.lsn()).asString());
            insert.executeUpdate();
            there.setString(1, table);
            there.executeUpdate();
        }
    }
}
