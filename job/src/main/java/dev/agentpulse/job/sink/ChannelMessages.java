package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.sink.ChannelEventInsertStatement.Broadcast;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the messages of a tick, in each channel in the order of the log, and notifies them. Where a channel has more
 * than a listener could want one by one, the first are notified and then one message says how many more there are, and up
 * to which number.
 */
final class ChannelMessages {

    private static final String MORE = "more";

    /** Supabase's own: whoever may create a schema could have us call another one. */
    private static final String REALTIME = """
            SELECT EXISTS (SELECT FROM pg_proc f JOIN pg_roles r ON r.oid = f.proowner
                            WHERE f.oid = to_regprocedure('realtime.send(jsonb,text,text,boolean)')
                              AND (r.rolsuper OR r.rolname = 'supabase_realtime_admin'))
            """;

    private final Connection connection;
    private final NotificationConfig config;
    private final ChannelEventInsertStatement notifying;
    private final ChannelEventInsertStatement silent;
    private final StagedMessages stagedSilent;

    /** @param numbered channels whose messages name a row by number */
    ChannelMessages(Connection connection, NotificationConfig config, Set<Channel> numbered) throws SQLException {
        this.connection = connection;
        this.config = config;
        this.notifying = ChannelEventInsertStatement.notifying(numbered, config.content(), broadcast());
        this.silent = ChannelEventInsertStatement.silent(numbered);
        this.stagedSilent = new StagedMessages(connection);
    }

    private Broadcast broadcast() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet found = query.executeQuery(REALTIME)) {
            found.next();
            if (!found.getBoolean(1)) {
                return Broadcast.NONE;
            }
            return config.publicBroadcast() ? Broadcast.PUBLIC : Broadcast.PRIVATE;
        }
    }

    /**
     * Writes messages, those that are there already excepted.
     *
     * @param noRoom whether nothing is to be notified, because the server has no room for it
     * @return how many messages were left without a notification for that
     */
    long write(List<ChannelMessage> messages, RowWriter rows, boolean noRoom) throws SQLException {
        silent.takeUnnotified();
        Map<Channel, Integer> counts = new EnumMap<>(Channel.class);
        messages.forEach(message -> counts.merge(message.channel(), 1, Integer::sum));
        Map<Channel, Integer> begun = new EnumMap<>(Channel.class);
        List<ChannelMessage> notified = new ArrayList<>();
        List<ChannelMessage> others = new ArrayList<>();
        List<ChannelMessage> ordered = new ArrayList<>(messages);
        ordered.sort(Comparator.comparing(ChannelMessage::position));
        for (ChannelMessage message : ordered) {
            boolean isFirst = begun.merge(message.channel(), 1, Integer::sum) <= config.first();
            boolean all = counts.getOrDefault(message.channel(), 0) <= config.limit();
            (!noRoom && (isFirst || all) ? notified : others).add(message);
        }
        rows.write(notifying, notified);
        if (!others.isEmpty()) {
            rows.write(silent, others);
            rows.flush(); // What it answers is reported next.
        }
        return reportUnnotified(noRoom);
    }

    /** Does the same with the messages that were staged for a tick; numbers follow the log within each channel. */
    long writeStaged(StagedRecords staged, StagedRecords.Span span, RowWriter rows, boolean noRoom)
            throws SQLException {
        silent.takeUnnotified();
        for (Channel channel : Channel.values()) {
            String kind = StagedRecord.kind(channel);
            long count = noRoom ? 0 : staged.count(span, kind);
            long first = noRoom ? 0 : count <= config.limit() ? count : config.first();
            StagedRecords.Place place =
                    staged.readMessages(span, channel, span.begin(), first, part -> rows.write(notifying, part));
            if (rows.isHalving()) {
                staged.readMessages(span, channel, place, Long.MAX_VALUE, part -> rows.write(silent, part));
            } else {
                silent.add(channel, stagedSilent.publish(span, kind, place));
            }
        }
        return reportUnnotified(noRoom);
    }

    private long reportUnnotified(boolean noRoom) throws SQLException {
        Map<String, ChannelEventInsertStatement.Unnotified> unnotified = silent.takeUnnotified();
        if (noRoom) {
            return unnotified.values().stream()
                    .mapToLong(ChannelEventInsertStatement.Unnotified::count)
                    .sum();
        }
        notifyOfMore(unnotified);
        return 0;
    }

    private void notifyOfMore(Map<String, ChannelEventInsertStatement.Unnotified> unnotified) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
            for (Map.Entry<String, ChannelEventInsertStatement.Unnotified> entry : unnotified.entrySet()) {
                ObjectNode payload = Payload.of(MORE);
                payload.put("count", entry.getValue().count());
                payload.put("seq", entry.getValue().lastSeq());
                statement.setString(1, entry.getKey());
                statement.setString(2, payload.toString());
                statement.execute();
            }
        }
    }
}
