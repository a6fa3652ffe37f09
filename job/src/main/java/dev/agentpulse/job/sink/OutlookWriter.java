package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.TickProgress;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/** Writes the rows that look ahead, each to its table. */
final class OutlookWriter {

    private static final int SLOT_SECONDS = 900;
    private static final int DECIMALS = 3;

    /** A row with the tick that writes it. */
    private record Written(OutlookRow row, TickProgress tick) {

        OutlookRow.Trend trend() {
            return Objects.requireNonNull(row.trend());
        }

        OutlookRow.Quality quality() {
            return Objects.requireNonNull(row.quality());
        }

        OutlookRow.Forecast forecast() {
            return Objects.requireNonNull(row.forecast());
        }

        <V> @Nullable V queue(Function<OutlookRow.Queue, @Nullable V> value) {
            OutlookRow.Queue queue = forecast().queue();
            return queue == null ? null : value.apply(queue);
        }
    }

    private static final class Statement extends UpsertStatement<Written> {
        Statement(String table, int keys, List<Column<Written>> columns) {
            super(
                    table,
                    keys,
                    WrittenHistory.columns(
                            columns,
                            List.of(
                                    Column.time(
                                            "as_of", written -> written.row().asOfMicros()),
                                    new Column<>("commit_lsn", "pg_lsn", written -> LogSequenceNumber.valueOf(
                                                    written.tick().lsn())
                                            .asString()))));
        }
    }

    private final Statement trends = new Statement(
            "agentpulse.agent_trend",
            1,
            WrittenHistory.columns(
                    WrittenHistory.columns(trendColumns(), bandColumns("5m", OutlookRow.Trend::band5m)),
                    bandColumns("1h", OutlookRow.Trend::band1h)));

    private static List<Column<Written>> trendColumns() {
        return List.of(
                Column.text("agent", written -> written.row().subject()),
                Column.numeric("rate_5m", written -> written.trend().rate5m()),
                Column.numeric("rate_1h", written -> written.trend().rate1h()),
                Column.numeric("latency_5m_ms", written -> written.trend().latency5mMs()),
                Column.numeric("latency_1h_ms", written -> written.trend().latency1hMs()),
                Column.text("trend", written -> written.trend().trend()),
                Column.numeric("trend_change_pct", written -> written.trend().changePct()),
                Column.numeric(
                        "change_vs_yesterday_pct", written -> written.trend().changeVsYesterdayPct()),
                Column.numeric(
                        "change_vs_last_week_pct", written -> written.trend().changeVsLastWeekPct()));
    }

    private static List<Column<Written>> bandColumns(
            String window, Function<OutlookRow.Trend, OutlookRow.@Nullable Band> band) {
        return List.of(
                bandColumn("expected_" + window, band, OutlookRow.Band::expected),
                bandColumn("low_" + window, band, OutlookRow.Band::low),
                bandColumn("high_" + window, band, OutlookRow.Band::high),
                bandColumn("z_" + window, band, OutlookRow.Band::z));
    }

    private static Column<Written> bandColumn(
            String name,
            Function<OutlookRow.Trend, OutlookRow.@Nullable Band> band,
            Function<OutlookRow.Band, BigDecimal> value) {
        return Column.numeric(name, written -> {
            OutlookRow.Band of = band.apply(written.trend());
            return of == null ? null : value.apply(of);
        });
    }

    private final Statement qualities = new Statement(
            "agentpulse.agent_quality",
            1,
            List.of(
                    Column.text("agent", written -> written.row().subject()),
                    Column.integer("quality_score", written -> written.quality().score()),
                    Column.numeric("quality_score_adjusted", written -> written.quality()
                            .adjusted()),
                    Column.bigint("reviewed_n", written -> written.quality().reviewed()),
                    Column.numeric("quality_low", written -> written.quality().low()),
                    Column.numeric("quality_high", written -> written.quality().high()),
                    Column.text("confidence", written -> written.quality().confidence()),
                    Column.numeric("change_points", written -> written.quality().changePoints())));

    private final Statement agentForecasts = new Statement(
            "agentpulse.agent_forecast",
            2,
            WrittenHistory.columns(
                    List.of(Column.text("agent", written -> written.row().subject())), forecastColumns()));

    private final Statement approvalForecasts = new Statement(
            "agentpulse.approval_forecast",
            1,
            WrittenHistory.columns(
                    forecastColumns(),
                    List.of(
                            Column.numeric(
                                    "minutes_to_clear", written -> written.queue(OutlookRow.Queue::minutesToClear)),
                            Column.integer(
                                    "breaches_next_15m", written -> written.queue(OutlookRow.Queue::breachesNext15m)),
                            Column.integer(
                                    "approvers_needed", written -> written.queue(OutlookRow.Queue::approversNeeded)))));

    private static List<Column<Written>> forecastColumns() {
        return List.of(
                Column.text("measure", written -> written.row().kind().text()),
                Column.time("first_slot", written -> written.forecast().firstSlotMicros()),
                Column.integer("slot_seconds", written -> SLOT_SECONDS),
                values("expected", OutlookRow.Forecast::expected),
                values("low", OutlookRow.Forecast::low),
                values("high", OutlookRow.Forecast::high),
                Column.text("basis", written -> written.forecast().basis()));
    }

    private static Column<Written> values(String name, Function<OutlookRow.Forecast, double @Nullable []> values) {
        return new Column<>(name, "numeric[]", written -> text(values.apply(written.forecast())));
    }

    /** As Postgres reads an array. */
    private static @Nullable String text(double @Nullable [] values) {
        return values == null
                ? null
                : Arrays.stream(values)
                        .mapToObj(value -> BigDecimal.valueOf(value)
                                .setScale(DECIMALS, RoundingMode.HALF_UP)
                                .toPlainString())
                        .collect(Collectors.joining(",", "{", "}"));
    }

    void write(Collection<OutlookRow> rows, TickProgress tick, RowWriter writer) throws SQLException {
        writer.write(trends, of(rows, tick, OutlookRow.Kind.TREND));
        writer.write(qualities, of(rows, tick, OutlookRow.Kind.QUALITY));
        writer.write(agentForecasts, of(rows, tick, OutlookRow.Kind.QUERY_COUNT, OutlookRow.Kind.CONCURRENCY));
        writer.write(approvalForecasts, of(rows, tick, OutlookRow.Kind.REQUESTED, OutlookRow.Kind.PENDING));
    }

    private static List<Written> of(Collection<OutlookRow> rows, TickProgress tick, OutlookRow.Kind... kinds) {
        List<Written> written = new ArrayList<>();
        rows.stream()
                .filter(row -> Stream.of(kinds).anyMatch(kind -> kind == row.kind()))
                .forEach(row -> written.add(new Written(row, tick)));
        return written;
    }
}
