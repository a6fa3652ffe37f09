package dev.agentpulse.job.sink;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A message or an alert step as {@code staged_record} holds it.
 *
 * @param kind see {@link #kind}
 * @param timeMicros the log's time that it belongs to
 * @param position sorts bytewise as those of one kind do
 * @param key of the message or alert
 */
record StagedRecord(long lineage, String kind, long timeMicros, String position, String key, String json) {

    private static final HexFormat HEX = HexFormat.of();

    private static final ObjectMapper JSON = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    static StagedRecord of(long lineage, BegunTick.Entry event) {
        ChannelMessage message = event.record().message();
        if (message != null) {
            LogPosition position = message.position();
            return new StagedRecord(
                    lineage,
                    kind(message.channel()),
                    event.timeMicros(),
                    HEX.toHexDigits(position.timeMicros()) + HEX.toHexDigits(position.ordinal()),
                    message.eventKey(),
                    json(message));
        }
        AlertChange alert = Objects.requireNonNull(event.record().alert(), "neither a message nor an alert");
        return new StagedRecord(
                lineage,
                kind(alert.step()),
                event.timeMicros(),
                HEX.toHexDigits(alert.timeMicros()),
                alert.alertId(),
                json(alert));
    }

    static String kind(Channel channel) {
        return channel.channelName();
    }

    static String kind(AlertChange.Step step) {
        return "alert_" + step.name().toLowerCase(Locale.ROOT);
    }

    /** All of them. */
    static List<String> kinds() {
        return Stream.concat(
                        Stream.of(Channel.values()).map(StagedRecord::kind),
                        Stream.of(AlertChange.Step.values()).map(StagedRecord::kind))
                .toList();
    }

    private static String json(Object event) {
        try {
            return JSON.writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of plain values can be written as JSON", e);
        }
    }

    static <E> E parse(String json, Class<E> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a staged record cannot be read: " + json, e);
        }
    }
}
