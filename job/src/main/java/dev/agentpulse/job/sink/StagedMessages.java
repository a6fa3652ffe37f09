package dev.agentpulse.job.sink;

import dev.agentpulse.job.sink.ChannelEventInsertStatement.Unnotified;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;

/**
 * Publishes staged messages that nobody is notified of where they lie: they do not come here and go back again.
 *
 * <p>Hardly ever is one of them there already, and to insert only what is missing costs a quarter more: it is done when
 * the first attempt shows that some are. Whether they are is not looked at before they are numbered, because Postgres then
 * reads all of {@code channel_event} for each part; so those that are leave a gap in the numbers.
 */
final class StagedMessages {

    /** Of a statement, which ends well before its time limit, and whose rows fit into the memory that Postgres gives it. */
    private static final int STATEMENT_MESSAGES = 4_000;

    /** A payload is read once, as the text that it was put aside as, with its number behind it. */
    private static final String PUBLISH = """
            WITH part AS MATERIALIZED (
                SELECT kind, time_micros, position, record_key, record, event_time
                %sLIMIT %d
            ), sent AS (
                INSERT INTO agentpulse.channel_event (seq, event_key, channel, payload, event_time, written_at)
                SELECT seq, record_key, kind, (left(record, -1) || ',"seq":' || seq || '}')::jsonb, event_time,
                       clock_timestamp()
                FROM (SELECT nextval('agentpulse.channel_event_seq') AS seq, p.* FROM part AS p WHERE %s) AS numbered
                %s
                RETURNING seq
            )
            SELECT time_micros, position, record_key, (SELECT count(*) FROM part) AS looked_at,
                   (SELECT count(*) FROM sent) AS messages, (SELECT coalesce(max(seq), 0) FROM sent) AS last
            FROM part ORDER BY time_micros DESC, position DESC, record_key DESC LIMIT 1
            """;

    private static final String HAS_ITS_ALERT = ChannelEventInsertStatement.hasItsAlert("p.record_key");
    private static final String PUBLISH_ALL =
            PUBLISH.formatted(StagedRecords.BEHIND, STATEMENT_MESSAGES, HAS_ITS_ALERT, "");
    private static final String PUBLISH_MISSING = PUBLISH.formatted(
            StagedRecords.BEHIND, STATEMENT_MESSAGES, HAS_ITS_ALERT, "ON CONFLICT (event_key) DO NOTHING");

    private final Connection connection;

    StagedMessages(Connection connection) {
        this.connection = connection;
    }

    /** Publishes all of a channel that are behind a place, in the order of the log, those that are there already excepted. */
    Unnotified publish(StagedRecords.Span span, String kind, StagedRecords.Place behind) throws SQLException {
        Savepoint before = connection.setSavepoint();
        Unnotified published;
        try {
            published = publish(PUBLISH_ALL, span, kind, behind);
        } catch (SQLException e) {
            if (!StagedRecords.isThere(e)) {
                throw e;
            }
            connection.rollback(before);
            published = publish(PUBLISH_MISSING, span, kind, behind);
        }
        connection.releaseSavepoint(before);
        return published;
    }

    private Unnotified publish(String sql, StagedRecords.Span span, String kind, StagedRecords.Place behind)
            throws SQLException {
        Unnotified published = new Unnotified(0, 0);
        StagedRecords.Place last = behind;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            long lookedAt;
            do {
                lookedAt = 0;
                StagedRecords.bind(statement, span, kind, last);
                try (ResultSet answer = statement.executeQuery()) {
                    if (answer.next()) {
                        last = new StagedRecords.Place(
                                answer.getLong("time_micros"),
                                answer.getString("position"),
                                answer.getString("record_key"));
                        lookedAt = answer.getLong("looked_at");
                        published = published.plus(new Unnotified(answer.getLong("messages"), answer.getLong("last")));
                    }
                }
            } while (lookedAt == STATEMENT_MESSAGES);
        }
        return published;
    }
}
