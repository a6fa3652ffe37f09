package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.sink.ChannelEventInsertStatement.Unnotified;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/**
 * Publishes staged messages that nobody is notified of where they lie: they do not come here and go back again.
 *
 * <p>Whether some are there already is not looked at before they are numbered, because Postgres then reads all of
 * {@code channel_event} for each part; so those that are leave a gap in the numbers.
 */
final class StagedMessages {

    /** Of a statement, which ends well before its time limit, and whose rows fit into the memory that Postgres gives it. */
    private static final int STATEMENT_MESSAGES = 4_000;

    /** A time in microseconds, by whole days and the rest of one, because a double would lose the last digits of far times. */
    private static final String EVENT_TIME = "(timestamp 'epoch' + make_interval("
            + "days => ((record ->> 'timeMicros')::bigint / 86400000000)::integer,"
            + " secs => ((record ->> 'timeMicros')::bigint % 86400000000) / 1000000.0)) AT TIME ZONE 'UTC'";

    private static final String SOURCE = "(SELECT record_key AS event_key, kind AS channel,"
            + " record -> 'payloadJson' AS payload, " + EVENT_TIME + " AS event_time FROM part)";

    private final Connection connection;
    private final String sql;

    /** @param numbered channels whose messages name a row by number */
    StagedMessages(Connection connection, Set<Channel> numbered) {
        this.connection = connection;
        this.sql = "WITH part AS MATERIALIZED (SELECT kind, time_micros, position, record_key, record "
                + StagedRecords.BEHIND + "LIMIT " + STATEMENT_MESSAGES + "), "
                + ChannelEventInsertStatement.insert(SOURCE, numbered, "seq")
                + "SELECT time_micros, position, record_key, (SELECT count(*) FROM part) AS looked_at,"
                + " (SELECT count(*) FROM sent) AS messages, (SELECT coalesce(max(seq), 0) FROM sent) AS last"
                + " FROM part ORDER BY time_micros DESC, position DESC, record_key DESC LIMIT 1";
    }

    /** Publishes all of a channel that are behind a place, in the order of the log, those that are there already excepted. */
    Unnotified publish(StagedRecords.Span span, String kind, StagedRecords.Place behind) throws SQLException {
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
