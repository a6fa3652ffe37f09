package dev.agentpulse.gateway.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.gateway.protocol.ChannelEvent;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link TickSql} found, taken apart. */
final class TickRows {

    /** @param isNew whether it was detected lately, so that it is one that opened and not one that changed */
    record Alert(String key, String row, boolean isNew) {}

    private final Map<String, Map<String, String>> rows = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private final List<ChannelEvent> events = new ArrayList<>();
    private String snapshot = "";
    private ObjectNode status = Json.object();
    private long lastSeq;

    private TickRows() {}

    static TickRows of(Iterable<Row> found) {
        TickRows rows = new TickRows();
        found.forEach(rows::add);
        return rows;
    }

    private void add(Row row) {
        String source = row.getString(0);
        String json = row.getString(1);
        String key = row.getString(2);
        Long number = row.getLong(3);
        switch (source) {
            case TickSql.SNAPSHOT -> {
                snapshot = json;
                status = Json.parseRow(key);
            }
            case TickSql.EVENT -> {
                if (json == null) {
                    lastSeq = number == null ? 0 : number;
                } else {
                    events.add(ChannelEvent.of(json));
                }
            }
            // One that resolves while it is asked for by its key is found twice.
            case TickSql.ALERT ->
                alerts.merge(
                        key,
                        new Alert(key, json, number == 1),
                        (one, other) -> new Alert(key, json, one.isNew() || other.isNew()));
            default -> {
                if (json == null) {
                    counts.put(source, number);
                } else {
                    rows.computeIfAbsent(source, name -> new LinkedHashMap<>()).put(key, json);
                }
            }
        }
    }

    Map<String, String> rows(String table) {
        return rows.getOrDefault(table, Map.of());
    }

    long count(String table) {
        return counts.getOrDefault(table, 0L);
    }

    Collection<Alert> alerts() {
        return alerts.values();
    }

    List<ChannelEvent> events() {
        return events;
    }

    long lastSeq() {
        return lastSeq;
    }

    String snapshot() {
        return snapshot;
    }

    Tick tick() {
        return new Tick(
                status.path("tick").asLong(),
                status.hasNonNull("as_of")
                        ? OffsetDateTime.parse(status.path("as_of").asText()).toInstant()
                        : null);
    }

    OffsetDateTime databaseTime() {
        return OffsetDateTime.parse(status.path("now").asText());
    }

    /** When the tick was written; without one, now. */
    String commitTime() {
        return status.path(status.hasNonNull("written_at") ? "written_at" : "now")
                .asText();
    }
}
