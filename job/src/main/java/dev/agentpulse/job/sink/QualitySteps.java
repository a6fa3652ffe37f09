package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.audit.DailyQuality;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the daily checks of the source tables have done between two ticks: which is next, and writing down what was found. */
final class QualitySteps {

    /** How many days before the last one are made up for, at a first start or after a pause. */
    private static final int DAYS = 7;

    /** What was found is kept for longer than days are made up for: else they would be checked again for ever. */
    static final long LEAST_KEPT_MILLIS = TimeUnit.DAYS.toMillis(DAYS + 2);

    /** Rows may come some time after the day has ended. */
    private static final String NEXT = "SELECT d.day::date, t.label FROM"
            + " generate_series(0, " + (DAYS - 1) + ") AS n,"
            + " LATERAL (SELECT (?::timestamptz AT TIME ZONE 'UTC' - interval '1 hour')::date - 1 - n AS day) AS d,"
            + " unnest(?::text[]) WITH ORDINALITY AS t (label, place)"
            + " WHERE NOT EXISTS (SELECT FROM agentpulse.data_quality_daily AS q"
            + " WHERE q.day = d.day AND q.source_table = t.label) ORDER BY d.day DESC, t.place LIMIT 1";

    private static final String INSERT = "INSERT INTO agentpulse.data_quality_daily"
            + " (day, source_table, dimension, check_name, value, threshold, status, sample)"
            + " VALUES (?::date, ?, ?, ?, ?, ?, ?, ?::jsonb) ON CONFLICT (day, source_table, check_name) DO NOTHING";

    /** A point event: the day is over. */
    private static final String ALERT =
            "INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status,"
                    + " details, opened_at, resolved_at, detected_at) VALUES (?, ?, ?, 'warning', 'resolved', ?::jsonb,"
                    + " ?::timestamptz, ?::timestamptz, clock_timestamp()) ON CONFLICT (alert_id) DO NOTHING";

    private final Connection connection;
    private final PipelineChecks pipeline;

    /** @param connection the tick writer's, with auto-commit off */
    QualitySteps(Connection connection, SourceConfig source) {
        this.connection = connection;
        this.pipeline = new PipelineChecks(connection, source);
    }

    /** The newest day and table that is over and was not checked, if there is one. */
    Optional<DailyQuality.Task> next(TickProgress tick) throws SQLException {
        String[] labels =
                Arrays.stream(SourceTable.values()).map(SourceTable::label).toArray(String[]::new);
        try (PreparedStatement query = connection.prepareStatement(NEXT)) {
            query.setString(1, Column.text(tick.asOfMicros()));
            query.setArray(2, connection.createArrayOf("text", labels));
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                LocalDate day = LocalDate.parse(row.getString(1));
                String label = row.getString(2);
                return Arrays.stream(SourceTable.values())
                        .filter(table -> table.label().equals(label))
                        .findFirst()
                        .map(table -> new DailyQuality.Task(table, day));
            }
        } finally {
            connection.rollback();
        }
    }

    /**
     * Writes down what the checks say and what {@link PipelineChecks} add, and one alert if one has failed.
     *
     * @param ofRows what the source table's rows were found to be
     * @return all of them
     */
    List<DailyQuality.Check> write(DailyQuality.Task task, List<DailyQuality.Check> ofRows, TickProgress tick)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            List<DailyQuality.Check> checks = new ArrayList<>(ofRows);
            checks.addAll(pipeline.check(task));
            for (DailyQuality.Check check : checks) {
                insert.setString(1, task.day().toString());
                insert.setString(2, task.table().label());
                insert.setString(3, check.dimension());
                insert.setString(4, check.name());
                insert.setBigDecimal(5, check.value());
                insert.setBigDecimal(6, check.threshold());
                insert.setString(7, check.status().name().toLowerCase(Locale.ROOT));
                insert.setString(8, check.sample());
                insert.executeUpdate();
            }
            alert(task, checks, tick);
            connection.commit();
            return checks;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    private void alert(DailyQuality.Task task, List<DailyQuality.Check> checks, TickProgress tick) throws SQLException {
        ObjectNode details = Payload.object();
        ArrayNode failed = details.putArray("failed");
        for (DailyQuality.Check check : checks) {
            if (check.status() == DailyQuality.Status.FAILED) {
                failed.addObject()
                        .put("check", check.name())
                        .put("value", check.value())
                        .put("threshold", check.threshold());
            }
        }
        if (failed.isEmpty()) {
            return;
        }
        String subject = task.table().label() + " " + task.day();
        String asOf = Column.text(tick.asOfMicros());
        try (PreparedStatement insert = connection.prepareStatement(ALERT)) {
            insert.setString(1, AlertRule.DATA_QUALITY.text() + ":" + subject);
            insert.setString(2, AlertRule.DATA_QUALITY.text());
            insert.setString(3, subject);
            insert.setString(4, details.toString());
            insert.setString(5, asOf);
            insert.setString(6, asOf);
            insert.executeUpdate();
        }
    }
}
