package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Messages: numbered, and kept in {@code channel_event}. One that is there already was sent before a restart and is not
 * sent again. That a breach is over is said only of one that was an alert.
 *
 * <p>Of those that are not notified, it keeps by channel what there was, until {@link #takeUnnotified}.
 */
final class ChannelEventInsertStatement extends BatchStatement<ChannelMessage> {

    private static final String INSERT = """
            WITH fresh AS (
                SELECT r.* FROM %s
                WHERE NOT EXISTS (SELECT FROM agentpulse.channel_event e WHERE e.event_key = r.event_key)
                  AND %s
            ), numbered AS (
                SELECT nextval('agentpulse.channel_event_seq') AS seq, f.* FROM (SELECT * FROM fresh ORDER BY n) AS f
            ), sent AS (
                INSERT INTO agentpulse.channel_event (seq, event_key, channel, payload, event_time, written_at)
                SELECT seq, event_key, channel, payload || jsonb_build_object('seq', seq) || %s, event_time,
                       clock_timestamp()
                FROM numbered
                ON CONFLICT (event_key) DO NOTHING
                RETURNING %s
            )
            """;

    /** The column may have had another type when the message was made, so its text is looked at. */
    private static final String NUMBER = "CASE WHEN channel IN (%s) AND payload ->> 'id' ~ '^-?[0-9]{1,19}$'"
            + " THEN jsonb_build_object('id', (payload ->> 'id')::numeric) ELSE '{}' END";

    /** Messages of one channel that were written and not notified. */
    record Unnotified(long count, long lastSeq) {

        Unnotified plus(Unnotified later) {
            return new Unnotified(count + later.count, Math.max(lastSeq, later.lastSeq));
        }
    }

    /** What Supabase's broadcast does. */
    enum Broadcast {
        NONE,
        PRIVATE,
        PUBLIC
    }

    private final String sql;
    private final boolean notifies;
    private final Map<String, Unnotified> unnotified = new TreeMap<>();

    private ChannelEventInsertStatement(boolean notifies, Set<Channel> numbered, String returned, String answer) {
        super(
                "agentpulse.channel_event",
                1,
                List.of(
                        Column.text("event_key", ChannelMessage::eventKey),
                        Column.text("channel", message -> message.channel().channelName()),
                        Column.text("event", ChannelMessage::event),
                        Column.jsonb("payload", ChannelMessage::payloadJson),
                        Column.time("event_time", ChannelMessage::timeMicros)));
        this.notifies = notifies;
        this.sql = INSERT.formatted(sourceInOrder(), hasItsAlert("r.event_key"), number(numbered), returned) + answer;
    }

    /**
     * A condition: of the end of a breach, whether there was an alert. As a scalar subquery it is looked up by key, whatever
     * the planner believes of the number of alerts; an EXISTS it may answer by reading all of them. A key may be of another
     * collation than the index, which then would not be used.
     */
    static String hasItsAlert(String eventKey) {
        String prefix = ChannelMessage.SLA_RESOLVED + ":";
        return "(NOT starts_with(" + eventKey + ", '" + prefix
                + "') OR (SELECT a.alert_id FROM agentpulse.alert_record a WHERE a.alert_id = substr(" + eventKey + ", "
                + (prefix.length() + 1) + ") COLLATE \"default\") IS NOT NULL)";
    }

    private static String number(Set<Channel> numbered) {
        String names = numbered.stream()
                .map(channel -> "'" + channel.channelName() + "'")
                .sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "'{}'" : NUMBER.formatted(names);
    }

    /**
     * Notifies each message from the same transaction, so a listener receives it if and only if it is there.
     *
     * @param numbered channels whose messages name a row by number
     * @param content what a notification says
     * @param broadcast who may receive it from Supabase's {@code realtime.send}, too
     */
    static ChannelEventInsertStatement notifying(
            Set<Channel> numbered, NotificationContent content, Broadcast broadcast) {
        String said =
                switch (content) {
                    case PAYLOAD -> "s.payload";
                    case HINT -> "jsonb_build_object('event', s.payload -> 'event', 'seq', s.seq)";
                };
        String send =
                switch (broadcast) {
                    case NONE -> "";
                    case PRIVATE -> ", realtime.send(s.payload, s.payload ->> 'event', s.channel, true)";
                    case PUBLIC -> ", realtime.send(s.payload, s.payload ->> 'event', s.channel, false)";
                };
        return new ChannelEventInsertStatement(
                true,
                numbered,
                "seq, channel, payload",
                "SELECT pg_notify(s.channel, " + said + "::text)" + send + " FROM (SELECT * FROM sent ORDER BY seq) s");
    }

    /** Notifies nothing. */
    static ChannelEventInsertStatement silent(Set<Channel> numbered) {
        return new ChannelEventInsertStatement(
                false,
                numbered,
                "seq, channel",
                "SELECT channel, count(*) AS messages, max(seq) AS last FROM sent GROUP BY channel");
    }

    @Override
    void read(ResultSet answer) throws SQLException {
        while (!notifies && answer.next()) {
            unnotified.merge(
                    answer.getString("channel"),
                    new Unnotified(answer.getLong("messages"), answer.getLong("last")),
                    Unnotified::plus);
        }
    }

    /** Counts messages that were written elsewhere and are not notified. */
    void add(Channel channel, Unnotified others) {
        if (others.count() > 0) {
            unnotified.merge(channel.channelName(), others, Unnotified::plus);
        }
    }

    /** What was not notified since this was asked last, by channel. */
    Map<String, Unnotified> takeUnnotified() {
        Map<String, Unnotified> taken = Map.copyOf(unnotified);
        unnotified.clear();
        return taken;
    }

    @Override
    String sql() {
        return sql;
    }
}
