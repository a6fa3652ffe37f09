package dev.agentpulse.job.sink;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AnnotatorActivityRow;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.OutlookRow;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A message, an alert step, or a row of an agent or annotator, as {@code staged_record} holds it.
 *
 * @param kind see {@link #kind}
 * @param timeMicros the log's time that it belongs to
 * @param position sorts bytewise as those of one kind do
 * @param key of the message, alert or row
 * @param json a message's payload as it is published, but for its number; of others all there is
 * @param eventMicros a message's event time; null for others
 */
record StagedRecord(
        long lineage,
        String kind,
        long timeMicros,
        String position,
        String key,
        String json,
        @Nullable Long eventMicros) {

    static final String PERFORMANCE = "row_performance";
    static final String HEALTH = "row_health";
    static final String ANNOTATOR = "row_annotator";
    static final String HISTORY = "row_history";
    static final String HISTORY_CHANGE = "history_change";
    static final String OUTLOOK = "row_outlook";

    private static final String NO_POSITION = "";

    private static final HexFormat HEX = HexFormat.of();

    private static final ObjectMapper JSON = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    /** @param numbered channels whose messages name a row by number */
    static StagedRecord of(long lineage, BegunTick.Entry event, Set<Channel> numbered) {
        ChannelMessage message = event.record().message();
        if (message != null) {
            LogPosition position = message.position();
            return new StagedRecord(
                    lineage,
                    kind(message.channel()),
                    event.timeMicros(),
                    HEX.toHexDigits(position.timeMicros()) + HEX.toHexDigits(position.ordinal()),
                    message.eventKey(),
                    numbered.contains(message.channel())
                            ? NumberedPayload.of(message.payloadJson())
                            : message.payloadJson(),
                    message.timeMicros());
        }
        AgentPerformanceRow performance = event.record().performance();
        if (performance != null) {
            String key = performance.window().name() + ":" + performance.agent();
            return row(lineage, PERFORMANCE, event, key, performance);
        }
        AgentHealthRow health = event.record().health();
        if (health != null) {
            return row(lineage, HEALTH, event, ":" + health.agent(), health);
        }
        AnnotatorActivityRow annotator = event.record().annotator();
        if (annotator != null) {
            String key = annotator.window().name() + ":" + annotator.annotator();
            return row(lineage, ANNOTATOR, event, key, annotator);
        }
        HistoryRow history = event.record().history();
        if (history != null) {
            String key =
                    history.table() + ":" + history.bucket() + ":" + history.startMicros() + ":" + history.subject();
            return row(lineage, HISTORY, event, key, history);
        }
        OutlookRow outlook = event.record().outlook();
        if (outlook != null) {
            return row(lineage, OUTLOOK, event, outlook.kind() + ":" + outlook.subject(), outlook);
        }
        HistoryCorrection change = event.record().historyChange();
        if (change != null) {
            return new StagedRecord(
                    lineage,
                    HISTORY_CHANGE,
                    event.timeMicros(),
                    HEX.toHexDigits(change.timeMicros()) + HEX.toHexDigits(change.number()),
                    change.table() + ":" + change.minuteMicros() + ":" + change.subject(),
                    json(change),
                    null);
        }
        AlertChange alert = Objects.requireNonNull(event.record().alert(), "nothing that is staged");
        return new StagedRecord(
                lineage,
                kind(alert.step()),
                event.timeMicros(),
                HEX.toHexDigits(alert.timeMicros()),
                alert.alertId(),
                json(alert),
                null);
    }

    private static StagedRecord row(long lineage, String kind, BegunTick.Entry event, String key, Object row) {
        return new StagedRecord(lineage, kind, event.timeMicros(), NO_POSITION, key, json(row), null);
    }

    static String kind(Channel channel) {
        return channel.channelName();
    }

    static String kind(AlertChange.Step step) {
        return "alert_" + step.name().toLowerCase(Locale.ROOT);
    }

    /** All of them. */
    static List<String> kinds() {
        return Stream.of(
                        Stream.of(PERFORMANCE, HEALTH, ANNOTATOR, HISTORY, HISTORY_CHANGE, OUTLOOK),
                        Stream.of(Channel.values()).map(StagedRecord::kind),
                        Stream.of(AlertChange.Step.values()).map(StagedRecord::kind))
                .flatMap(kinds -> kinds)
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
