package dev.agentpulse.gateway.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One {@code postgres_changes} subscription of a channel.
 *
 * @param id from 1 on, within the channel: supabase-js ignores 0
 * @param asSent what the client sent; the answer echoes it, or the client takes the join for failed
 * @param table null or {@code *} for every table of the schema
 */
public record Binding(
        int id,
        ObjectNode asSent,
        String event,
        String schema,
        @Nullable String table,
        @Nullable ChangeFilter filter) {

    static Binding parse(int id, JsonNode sent) {
        if (!(sent instanceof ObjectNode object)) {
            throw new MalformedFrameException("a postgres_changes binding must be an object");
        }
        String event = object.path("event").asText("*");
        String schema = object.path("schema").asText("public");
        String table = object.hasNonNull("table") ? object.path("table").asText() : null;
        String filter = object.hasNonNull("filter") ? object.path("filter").asText() : "";
        return new Binding(id, object, event, schema, table, filter.isBlank() ? null : ChangeFilter.parse(filter));
    }

    /** Whether it asks for changes of the relation at all. */
    public boolean covers(Relation relation) {
        return (schema.equals("*") || schema.equals(relation.schema()))
                && (table == null || table.equals("*") || table.equals(relation.name()));
    }

    public boolean namesOneTable() {
        return table != null && !table.equals("*") && !schema.equals("*");
    }

    /** Whether the change is one that the binding asks for. A deleted row is known by its key only. */
    public boolean matches(RowChange change) {
        return covers(change.relation())
                && (event.equals("*") || event.equalsIgnoreCase(change.kind().name()))
                && (filter == null || filter.matches(change));
    }

    /** What the answer to the join holds: the binding as it came, and its id. */
    public ObjectNode echo() {
        ObjectNode echo = asSent.deepCopy();
        echo.put("id", id);
        return echo;
    }
}
