package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Column;
import dev.agentpulse.gateway.protocol.Relation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What tables and views there are: those of schema agentpulse, the four views in public that existing dashboards read,
 * and what else the configuration opens. Whether a role may read one is not decided here but by Postgres, at each read.
 */
public final class Catalog {

    public static final String RESULTS = "agentpulse";

    private static final List<String> VIEWS = List.of(
            "public.mv_realtime_agent_performance",
            "public.mv_approval_queue_summary",
            "public.mv_training_quality_snapshot",
            "public.v_agent_performance_snapshot");
    private static final Set<String> INTERNAL = Set.of(
            "schema_history", "heartbeat", "source_shape", "staged_record", TickSql.ALERT_TABLE, "acknowledgement");
    private static final String ALERTS = RESULTS + "." + TickSql.ALERT;

    // A domain shows as its own name in format_type and is cast as such; pg_type's name is what clients know.
    private static final String COLUMNS = """
            SELECT n.nspname, c.relname,
                   json_agg(json_build_array(a.attname, t.typname, format_type(a.atttypid, NULL))
                            ORDER BY a.attnum) AS columns,
                   coalesce((SELECT json_agg(k.attname ORDER BY array_position(i.indkey::int2[], k.attnum))
                               FROM pg_index i
                               JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey)
                              WHERE i.indrelid = c.oid AND i.indisprimary), '[]') AS key
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              JOIN pg_type t ON t.oid = a.atttypid
             WHERE c.relkind IN ('r', 'p', 'v', 'm')
               AND NOT c.relispartition
               AND (n.nspname = 'agentpulse' OR n.nspname || '.' || c.relname = ANY ($1))
             GROUP BY n.nspname, c.relname, c.oid
            """;

    private final Database database;
    private final List<String> opened;
    private Map<String, Relation> relations = Map.of();

    /** @param alsoOpened qualified names, beyond the result tables and views */
    public Catalog(Database database, List<String> alsoOpened) {
        this.database = database;
        this.opened = new ArrayList<>(VIEWS);
        this.opened.addAll(alsoOpened);
    }

    /** Reads it anew: migrations may come while the gateway runs. */
    public Future<Void> load() {
        return database.query(COLUMNS, Tuple.of(opened.toArray(String[]::new))).map(rows -> {
            Map<String, Relation> found = new HashMap<>();
            for (Row row : rows) {
                Relation relation = relation(row);
                if (!relation.schema().equals(RESULTS) || !INTERNAL.contains(relation.name())) {
                    found.put(relation.qualifiedName(), relation);
                }
            }
            relations = Map.copyOf(found);
            return null;
        });
    }

    /** A table or view that may be asked for. */
    public Optional<Relation> find(String schema, String name) {
        return Optional.ofNullable(relations.get(schema + "." + name));
    }

    private static Relation relation(Row row) {
        List<Column> columns = new ArrayList<>();
        for (Object column : row.getJsonArray("columns")) {
            JsonArray parts = (JsonArray) column;
            columns.add(new Column(parts.getString(0), parts.getString(1), parts.getString(2)));
        }
        List<String> key = new ArrayList<>();
        row.getJsonArray("key").forEach(name -> key.add((String) name));
        Relation relation = new Relation(row.getString("nspname"), row.getString("relname"), columns, key);
        // A view, so it has no key of its own.
        return relation.qualifiedName().equals(ALERTS)
                ? new Relation(relation.schema(), relation.name(), columns, List.of("alert_id"))
                : relation;
    }
}
