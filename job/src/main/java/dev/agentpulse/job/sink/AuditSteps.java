package dev.agentpulse.job.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.audit.AuditResult;
import dev.agentpulse.job.audit.AuditUnit;
import dev.agentpulse.job.audit.AuditedTable;
import dev.agentpulse.job.audit.OracleSql;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.TickProgress;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the self-audit has done between two ticks, each in a transaction of the tick writer's connection: results are written
 * down, a figure that is wrong opens an alert, and one that is found right again resolves it.
 */
final class AuditSteps {

    private static final Logger LOG = LoggerFactory.getLogger(AuditSteps.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String RULE = AlertRule.AUDIT_MISMATCH.text();
    private static final String RESOLVED = "audit_resolved";

    /** Of many wrong rows of a unit this many are alerts; the result says how many there are. */
    private static final int MOST_ALERTS = 5;

    /** Units that were wrong before and are looked at again in a run. */
    private static final int MOST_AGAIN = 20;

    private static final String ORACLE = "INSERT INTO agentpulse.audit_oracle AS o (result_table, sql) VALUES (?, ?)"
            + " ON CONFLICT (result_table) DO UPDATE SET sql = excluded.sql WHERE o.sql <> excluded.sql";

    private static final String OPEN_ALERTS = "SELECT alert_id, subject, details FROM agentpulse.alert_record"
            + " WHERE rule = '" + RULE + "' AND status <> 'resolved' ORDER BY opened_at DESC LIMIT " + MOST_AGAIN;

    private static final String RESULT = "INSERT INTO agentpulse.audit_result"
            + " (run_at, scope, key, as_of, commit_lsn, figures, equal, first_difference, duration_ms)"
            + " VALUES (clock_timestamp(), ?, ?, ?::timestamptz, ?::pg_lsn, ?, ?, ?::jsonb, ?)";

    private static final String PROOF = "INSERT INTO agentpulse.audit_proof"
            + " (run_at, result_table, subject, as_of, commit_lsn, figures, equal, first_difference, duration_ms)"
            + " VALUES (clock_timestamp(), ?, ?, ?::timestamptz, ?::pg_lsn, ?, ?, ?::jsonb, ?)"
            + " ON CONFLICT (result_table, subject) DO UPDATE SET run_at = excluded.run_at, as_of = excluded.as_of,"
            + " commit_lsn = excluded.commit_lsn, figures = excluded.figures, equal = excluded.equal,"
            + " first_difference = excluded.first_difference, duration_ms = excluded.duration_ms";

    private static final String OPEN = "INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status,"
            + " value, threshold, details, opened_at, detected_at) SELECT ?, '" + RULE
            + "', ?, 'critical', 'open', ?, ?,"
            + " ?::jsonb, ?::timestamptz, clock_timestamp() WHERE NOT EXISTS (SELECT FROM agentpulse.alert_record"
            + " WHERE rule = '" + RULE
            + "' AND subject = ? AND status <> 'resolved') ON CONFLICT (alert_id) DO NOTHING";

    private static final String RESOLVE = "UPDATE agentpulse.alert_record SET status = 'resolved',"
            + " resolved_at = greatest(opened_at, ?::timestamptz) WHERE alert_id = ? AND status <> 'resolved'";

    private final Connection connection;
    private final JobConfig config;
    private final ChannelMessages messages;
    private boolean oraclesWritten;

    private record OpenAlert(String alertId, String subject, AuditUnit unit) {}

    /** @param connection the tick writer's, with auto-commit off */
    AuditSteps(Connection connection, JobConfig config) throws SQLException {
        this.connection = connection;
        this.config = config;
        this.messages = new ChannelMessages(connection, config.notifications(), Set.of());
        connection.commit();
    }

    /** What was wrong before and is to be looked at again; the first time, the SQL that proves is written down. */
    List<AuditUnit> begin() throws SQLException {
        try {
            if (!oraclesWritten) {
                OracleSql oracles = new OracleSql(config.source());
                try (PreparedStatement insert = connection.prepareStatement(ORACLE)) {
                    for (AuditedTable table : AuditedTable.values()) {
                        insert.setString(1, table.table());
                        insert.setString(2, oracles.of(table));
                        insert.executeUpdate();
                    }
                }
            }
            List<AuditUnit> units =
                    openAlerts().stream().map(OpenAlert::unit).distinct().toList();
            connection.commit();
            oraclesWritten = true;
            return units;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    /** Writes results down, and what follows of them. */
    List<String> write(List<AuditResult> results, TickProgress tick) throws SQLException {
        try {
            return write(results, tick, false);
        } catch (SQLException e) {
            if (!NotificationQueue.hasNoRoom(e)) {
                throw e;
            }
            return write(results, tick, true);
        }
    }

    private List<String> write(List<AuditResult> results, TickProgress tick, boolean silent) throws SQLException {
        List<ChannelMessage> sent = new ArrayList<>();
        try (PreparedStatement insert = connection.prepareStatement(RESULT);
                PreparedStatement proof = connection.prepareStatement(PROOF)) {
            for (AuditResult result : results) {
                insert(insert, result);
                for (AuditResult each : result.each()) {
                    if (each.isOfNow()) {
                        insert(proof, each);
                    }
                }
            }
            for (AuditResult result : results) {
                if (Boolean.FALSE.equals(result.equal())) {
                    open(result, tick, sent);
                }
            }
            for (OpenAlert alert : openAlerts()) {
                if (results.stream().anyMatch(result -> isRightAgain(result, alert))) {
                    resolve(alert, tick, sent);
                }
            }
            messages.write(sent, RowWriter.direct(connection), silent);
            connection.commit();
            return sent.stream().map(ChannelMessage::eventKey).toList();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    private void insert(PreparedStatement insert, AuditResult result) throws SQLException {
        insert.setString(1, result.table().table());
        insert.setString(2, result.key());
        insert.setString(3, result.asOf());
        insert.setString(4, result.commitLsn());
        insert.setLong(5, result.figures());
        insert.setObject(6, result.equal(), Types.BOOLEAN);
        insert.setString(7, firstDifference(result));
        insert.setInt(8, (int) result.millis());
        insert.executeUpdate();
    }

    private static @Nullable String firstDifference(AuditResult result) {
        if (result.reason() != null) {
            return Payload.object().put("reason", result.reason()).toString();
        }
        return result.wrong().isEmpty()
                ? null
                : difference(result.wrong().get(0))
                        .put("rows", result.wrong().size())
                        .toString();
    }

    private static ObjectNode difference(AuditResult.WrongRow row) {
        ObjectNode difference = Payload.object();
        difference.set("key", read(row.key()));
        difference.set("is", read(row.is()));
        difference.set("should_be", read(row.shouldBe()));
        return difference;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database gives JSON", e);
        }
    }

    private void open(AuditResult result, TickProgress tick, List<ChannelMessage> sent) throws SQLException {
        AuditUnit unit = Objects.requireNonNull(result.unit(), "what is unequal is one unit");
        int most = Math.min(MOST_ALERTS, result.wrong().size());
        for (AuditResult.WrongRow row : result.wrong().subList(0, most)) {
            ObjectNode details = difference(row);
            String subject = subject(unit.table(), details.path("key"));
            String alertId = AlertRule.AUDIT_MISMATCH.alertIdAt(subject, tick.asOfMicros());
            details.put("result_table", unit.table().table());
            details.set("unit", json(unit));
            try (PreparedStatement insert = connection.prepareStatement(OPEN)) {
                insert.setString(1, alertId);
                insert.setString(2, subject);
                insert.setBigDecimal(3, firstNumber(details.path("is")));
                insert.setBigDecimal(4, firstNumber(details.path("should_be")));
                insert.setString(5, details.toString());
                insert.setString(6, Column.text(tick.asOfMicros()));
                insert.setString(7, subject);
                if (insert.executeUpdate() == 0) {
                    continue; // it is open already
                }
            }
            LOG.error("{} is {} and should be {}", subject, row.is(), row.shouldBe());
            ObjectNode payload = Payload.of(RULE);
            Payload.put(payload, "id", subject);
            Payload.put(payload, "is", row.is());
            Payload.put(payload, "should_be", row.shouldBe());
            payload.put("severity", "critical");
            Payload.putTime(payload, "created_at", tick.asOfMicros());
            sent.add(message(alertId + ":open", RULE, payload, tick));
        }
    }

    private void resolve(OpenAlert alert, TickProgress tick, List<ChannelMessage> sent) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(RESOLVE)) {
            update.setString(1, Column.text(tick.asOfMicros()));
            update.setString(2, alert.alertId());
            update.executeUpdate();
        }
        LOG.info("{} is right again", alert.subject());
        ObjectNode payload = Payload.of(RESOLVED);
        Payload.put(payload, "id", alert.subject());
        Payload.putTime(payload, "created_at", tick.asOfMicros());
        sent.add(message(alert.alertId() + ":resolved", RESOLVED, payload, tick));
    }

    private static ChannelMessage message(String eventKey, String event, ObjectNode payload, TickProgress tick) {
        return new ChannelMessage(
                eventKey,
                Channel.PERFORMANCE_ALERT,
                event,
                payload.toString(),
                LogPosition.ofTime(tick.asOfMicros()),
                tick.asOfMicros());
    }

    private static boolean isRightAgain(AuditResult result, OpenAlert alert) {
        return Boolean.TRUE.equals(result.equal()) && alert.unit().equals(result.unit());
    }

    private static String subject(AuditedTable table, JsonNode key) {
        StringBuilder subject = new StringBuilder(table.table());
        for (String column : table.key()) {
            subject.append(' ').append(key.path(column).asText());
        }
        return subject.toString();
    }

    private static @Nullable BigDecimal firstNumber(JsonNode figures) {
        for (JsonNode figure : figures) {
            if (figure.isNumber()) {
                return figure.decimalValue();
            }
        }
        return null;
    }

    private List<OpenAlert> openAlerts() throws SQLException {
        List<OpenAlert> alerts = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(OPEN_ALERTS);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                alerts.add(new OpenAlert(
                        row.getString("alert_id"),
                        row.getString("subject"),
                        unit(read(row.getString("details")).path("unit"))));
            }
        }
        return alerts;
    }

    private static ObjectNode json(AuditUnit unit) {
        ObjectNode json = Payload.object();
        json.put("table", unit.table().name());
        json.put("subject", unit.subject());
        unit.buckets().forEach(json.putArray("buckets")::add);
        json.put("from_micros", unit.fromMicros());
        json.put("until_micros", unit.untilMicros());
        return json;
    }

    private static AuditUnit unit(JsonNode json) {
        List<String> buckets = new ArrayList<>();
        json.path("buckets").forEach(bucket -> buckets.add(bucket.asText()));
        return new AuditUnit(
                AuditedTable.valueOf(json.path("table").asText()),
                json.path("subject").isTextual() ? json.path("subject").asText() : null,
                buckets,
                json.path("from_micros").asLong(),
                json.path("until_micros").asLong());
    }
}
