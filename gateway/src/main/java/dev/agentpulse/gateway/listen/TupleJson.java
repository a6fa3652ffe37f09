package dev.agentpulse.gateway.listen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.gateway.protocol.Column;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.pgoutput.ArrayText;
import dev.agentpulse.pgoutput.Tuple;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row of the stream as the JSON that {@code row_to_json} makes of it. */
final class TupleJson {

    private static final String ARRAY = "_";

    private TupleJson() {}

    /**
     * The row.
     *
     * @param before where a large value that did not change is, for the stream leaves it out; null if it is nowhere
     */
    static ObjectNode row(
            Relation relation, dev.agentpulse.pgoutput.Relation streamed, Tuple tuple, @Nullable Tuple before) {
        ObjectNode row = Json.object();
        for (int i = 0; i < tuple.size(); i++) {
            String name = streamed.columns().get(i).name();
            Optional<Column> column = relation.column(name);
            Tuple holder = tuple.isUnchanged(i) ? before : tuple;
            if (column.isEmpty() || holder == null || holder.isUnchanged(i)) {
                continue;
            }
            if (holder.isNull(i)) {
                row.putNull(name);
            } else if (column.get().type().startsWith(ARRAY)) {
                row.set(name, array(column.get(), holder.array(i), holder.text(i)));
            } else {
                put(row, column.get(), holder.text(i));
            }
        }
        return row;
    }

    /** Of a row, the columns of the key. */
    static ObjectNode key(Relation relation, ObjectNode row) {
        ObjectNode key = Json.object();
        relation.key().forEach(name -> key.set(name, row.get(name)));
        return key;
    }

    private static void put(ObjectNode row, Column column, String text) {
        row.set(column.name(), value(column.type(), text));
    }

    private static JsonNode value(String type, String text) {
        ObjectNode holder = Json.object();
        switch (type) {
            case "bool" -> holder.put("v", text.equals("t"));
            case "int2", "int4", "int8", "oid" -> holder.put("v", Long.parseLong(text));
            case "numeric", "float4", "float8" -> {
                try {
                    holder.put("v", new BigDecimal(text));
                } catch (NumberFormatException e) {
                    // NaN and the infinities: JSON has no such numbers.
                    holder.put("v", text);
                }
            }
            case "json", "jsonb" -> {
                JsonNode parsed = Json.parse(text);
                holder.set("v", parsed == null ? holder.textNode(text) : parsed);
            }
            case "timestamptz" -> holder.put("v", time(text) + ":00");
            case "timestamp" -> holder.put("v", time(text));
            default -> holder.put("v", text);
        }
        return holder.path("v");
    }

    /** The session's zone is UTC, so the text ends in +00; infinity stays as it is. */
    private static String time(String text) {
        return text.replace(' ', 'T');
    }

    private static JsonNode array(Column column, ArrayText array, String text) {
        if (array.dimensions() > 1) {
            return Json.object().textNode(text);
        }
        ArrayNode values = Json.array();
        String element = column.type().substring(ARRAY.length());
        for (String each : array.elements()) {
            if (each == null) {
                values.addNull();
            } else {
                values.add(value(element, each));
            }
        }
        return values;
    }
}
