package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.ChannelMessage;
import java.util.List;

/**
 * Messages: numbered, kept in {@code channel_event}, and notified from the same transaction, so a listener receives a
 * message if and only if it is there. One that is there already was sent before a restart and is not sent again.
 *
 * <p>Where Supabase's {@code realtime.send} exists, the same message is broadcast with it.
 */
final class ChannelEventInsertStatement extends BatchStatement<ChannelMessage> {

    private final String sql;

    ChannelEventInsertStatement(boolean broadcast) {
        super(List.of(
                Column.text("event_key", ChannelMessage::eventKey),
                Column.text("channel", message -> message.channel().channelName()),
                Column.text("event", ChannelMessage::event),
                Column.jsonb("payload", ChannelMessage::payloadJson),
                Column.time("event_time", ChannelMessage::timeMicros)));
        String send = broadcast ? ", realtime.send(s.payload, s.payload ->> 'event', s.channel, false)" : "";
        this.sql = """
                WITH fresh AS (
                    SELECT r.* FROM %s
                    WHERE NOT EXISTS (SELECT FROM agentpulse.channel_event e WHERE e.event_key = r.event_key)
                ), numbered AS (
                    SELECT nextval('agentpulse.channel_event_seq') AS seq, f.*
                    FROM (SELECT * FROM fresh ORDER BY n) f
                ), sent AS (
                    INSERT INTO agentpulse.channel_event (seq, event_key, channel, payload, event_time, written_at)
                    SELECT seq, event_key, channel, payload || jsonb_build_object('seq', seq), event_time,
                           clock_timestamp()
                    FROM numbered
                    ON CONFLICT (event_key) DO NOTHING
                    RETURNING seq, channel, payload
                )
                SELECT pg_notify(s.channel, s.payload::text)%s FROM (SELECT * FROM sent ORDER BY seq) s
                """.formatted(sourceInOrder(), send);
    }

    @Override
    String sql() {
        return sql;
    }
}
