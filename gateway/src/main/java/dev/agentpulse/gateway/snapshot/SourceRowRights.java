package dev.agentpulse.gateway.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.gateway.protocol.Column;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.SourceRights;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Looks up what a role may see of a source table; where policies decide, the rows are read again in the role. */
public final class SourceRowRights implements SourceRights {

    // Owners and roles with BYPASSRLS are not bound by policies.
    private static final String GRANT = """
            SELECT a.attname,
                   me.rolsuper OR me.rolbypassrls OR NOT c.relrowsecurity
                   OR (pg_has_role(me.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity) AS every_row
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              JOIN pg_roles me ON me.rolname = $3
             WHERE n.nspname = $1 AND c.relname = $2
               AND has_schema_privilege(me.oid, n.oid, 'USAGE')
               AND has_column_privilege(me.oid, c.oid, a.attnum, 'SELECT')
            """;

    private final Database database;
    private final long keepNanos;
    private final Map<String, Known> known = new HashMap<>();

    private record Known(Grant grant, long readNanos) {}

    /** @param keepMillis how long a right that was taken away may still be used */
    public SourceRowRights(Database database, long keepMillis) {
        this.database = database;
        this.keepNanos = keepMillis * 1_000_000;
    }

    @Override
    public CompletionStage<Grant> of(Identity identity, Relation relation) {
        String about = identity.role() + " " + relation.qualifiedName();
        Known before = known.get(about);
        long now = System.nanoTime();
        if (before != null && now - before.readNanos() < keepNanos) {
            return Future.succeededFuture(before.grant()).toCompletionStage();
        }
        return database.query(GRANT, Tuple.of(relation.schema(), relation.name(), identity.role()))
                .map(rows -> {
                    Set<String> columns = new HashSet<>();
                    boolean everyRow = true;
                    for (var row : rows) {
                        columns.add(row.getString(0));
                        everyRow &= row.getBoolean(1);
                    }
                    Grant grant = new Grant(columns, everyRow);
                    known.put(about, new Known(grant, now));
                    return grant;
                })
                .toCompletionStage();
    }

    @Override
    public CompletionStage<Map<String, String>> visible(
            Identity identity, Relation relation, Grant grant, Collection<String> keys) {
        if (relation.key().isEmpty() || !grant.columns().containsAll(relation.key())) {
            return Future.succeededFuture(Map.<String, String>of()).toCompletionStage();
        }
        List<Object> parameters = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        List<String> matches = new ArrayList<>();
        List<ObjectNode> parsed = keys.stream().map(Json::parseRow).toList();
        for (String name : relation.key()) {
            Column column = relation.column(name).orElseThrow();
            parameters.add(parsed.stream().map(key -> key.path(name).asText()).toArray(String[]::new));
            sources.add("$" + parameters.size() + "::text[]");
            matches.add("t." + RestSql.quote(name) + " = k.k" + parameters.size() + "::" + column.sqlType());
        }
        String sql = "SELECT k.n, row_to_json(r)::text FROM unnest(" + String.join(", ", sources)
                + ") WITH ORDINALITY AS k ("
                + matches.stream()
                        .map(match -> "k" + (matches.indexOf(match) + 1))
                        .collect(Collectors.joining(", "))
                + ", n) JOIN " + RestSql.quote(relation.schema()) + "." + RestSql.quote(relation.name()) + " t ON "
                + String.join(" AND ", matches) + ", LATERAL (SELECT "
                + relation.columns().stream()
                        .map(Column::name)
                        .filter(grant.columns()::contains)
                        .map(name -> "t." + RestSql.quote(name))
                        .collect(Collectors.joining(", "))
                + ") r";
        List<String> asked = List.copyOf(keys);
        return database.readInRole(
                        identity,
                        connection -> Future.succeededFuture(true),
                        (connection, ready) -> connection.preparedQuery(sql).execute(Tuple.from(parameters)))
                .map(rows -> {
                    Map<String, String> visible = new HashMap<>();
                    rows.forEach(row -> visible.put(asked.get(Math.toIntExact(row.getLong(0)) - 1), row.getString(1)));
                    return visible;
                })
                // What cannot be evaluated is withheld.
                .otherwise(failure -> Map.of())
                .toCompletionStage();
    }
}
