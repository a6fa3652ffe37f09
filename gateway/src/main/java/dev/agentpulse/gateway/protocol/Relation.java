package dev.agentpulse.gateway.protocol;

import java.util.List;
import java.util.Optional;

/**
 * A table or view as the catalog has it.
 *
 * @param key columns of the primary key, empty for a view
 */
public record Relation(String schema, String name, List<Column> columns, List<String> key) {

    public Relation {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    public Optional<Column> column(String wanted) {
        return columns.stream().filter(column -> column.name().equals(wanted)).findFirst();
    }

    public String qualifiedName() {
        return schema + "." + name;
    }
}
