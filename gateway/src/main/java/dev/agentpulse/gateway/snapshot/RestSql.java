package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Column;
import dev.agentpulse.gateway.protocol.Condition;
import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.RestQuery;
import dev.agentpulse.gateway.protocol.RestQuery.Nulls;
import dev.agentpulse.gateway.protocol.RestQuery.OrderTerm;
import dev.agentpulse.gateway.protocol.RestQuery.SelectItem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One read as SQL. Names are those of the catalog, found by comparing, and values are parameters: no text of a client
 * becomes text of SQL, except an alias, which is quoted.
 */
final class RestSql {

    private final Relation relation;
    private final List<Object> parameters = new ArrayList<>();

    private RestSql(Relation relation) {
        this.relation = relation;
    }

    /** @param parameters of {@code sql} */
    record Statement(String sql, List<Object> parameters, List<String> columns) {}

    /** One row: the number of rows found and the rows as a JSON array. */
    static Statement json(Relation relation, RestQuery query, long mostRows) {
        RestSql builder = new RestSql(relation);
        List<SelectItem> items = builder.items(query);
        String rows = builder.rows(query, builder.selectList(items, ""), mostRows);
        return builder.statement(
                "SELECT count(*) AS n, coalesce(json_agg(r), '[]')::text AS body FROM (" + rows + ") r", items);
    }

    /** A row for each row found, every column as text. */
    static Statement text(Relation relation, RestQuery query, long mostRows) {
        RestSql builder = new RestSql(relation);
        List<SelectItem> items = builder.items(query);
        return builder.statement(builder.rows(query, builder.selectList(items, "::text"), mostRows), items);
    }

    /** One row: how many rows there are without limit and offset. */
    static Statement count(Relation relation, RestQuery query) {
        RestSql builder = new RestSql(relation);
        String where = builder.condition(query.where());
        return new Statement(
                "SELECT count(*) AS n FROM " + builder.table() + " t WHERE " + where, builder.parameters, List.of());
    }

    private Statement statement(String sql, List<SelectItem> items) {
        return new Statement(
                sql, parameters, items.stream().map(RestSql::outputName).toList());
    }

    private String rows(RestQuery query, String selectList, long mostRows) {
        String where = condition(query.where());
        String order = query.order().stream().map(this::order).collect(Collectors.joining(", "));
        long limit = query.limit() == null ? mostRows : Math.min(query.limit(), mostRows);
        return "SELECT " + selectList + " FROM " + table() + " t WHERE " + where
                + (order.isEmpty() ? "" : " ORDER BY " + order) + " LIMIT " + parameter(limit, "bigint") + " OFFSET "
                + parameter(query.offset(), "bigint");
    }

    /** The columns asked for, a star replaced, each output name once. */
    private List<SelectItem> items(RestQuery query) {
        List<SelectItem> asked = query.select().isEmpty() ? List.of(new SelectItem("*", null)) : query.select();
        List<SelectItem> items = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (SelectItem item : asked) {
            if (item.isAll()) {
                relation.columns().forEach(column -> add(items, names, new SelectItem(column.name(), null)));
            } else {
                column(item.column());
                add(items, names, item);
            }
        }
        return items;
    }

    private static void add(List<SelectItem> items, Set<String> names, SelectItem item) {
        if (names.add(outputName(item))) {
            items.add(item);
        }
    }

    private String selectList(List<SelectItem> items, String cast) {
        return items.stream()
                .map(item -> "t." + quote(column(item.column()).name()) + cast + " AS " + quote(outputName(item)))
                .collect(Collectors.joining(", "));
    }

    private String order(OrderTerm term) {
        Nulls nulls = term.nulls();
        return "t." + quote(column(term.column()).name()) + (term.descending() ? " DESC" : " ASC")
                + (nulls == null ? "" : " NULLS " + nulls);
    }

    private String condition(Condition condition) {
        if (condition instanceof Condition.All all) {
            return joined(all.parts(), " AND ", "true");
        }
        if (condition instanceof Condition.Any any) {
            return joined(any.parts(), " OR ", "false");
        }
        if (condition instanceof Condition.Not not) {
            return "NOT (" + condition(not.part()) + ")";
        }
        if (condition instanceof Condition.Is is) {
            return "t." + quote(column(is.column()).name()) + " IS "
                    + is.truth().sql();
        }
        if (condition instanceof Condition.In in) {
            Column column = column(in.column());
            return "t." + quote(column.name()) + " = ANY (ARRAY["
                    + in.values().stream()
                            .map(value -> parameter(value, column.sqlType()))
                            .collect(Collectors.joining(", "))
                    + "]::" + column.sqlType() + "[])";
        }
        Condition.Compare compare = (Condition.Compare) condition;
        Column column = column(compare.column());
        boolean pattern = compare.comparison().sql().endsWith("LIKE");
        return "t." + quote(column.name()) + " " + compare.comparison().sql() + " "
                + parameter(compare.value(), pattern ? "text" : column.sqlType());
    }

    private String joined(List<Condition> parts, String between, String ifEmpty) {
        return parts.isEmpty()
                ? ifEmpty
                : parts.stream().map(this::condition).collect(Collectors.joining(between, "(", ")"));
    }

    private Column column(String name) {
        return relation.column(name).orElseThrow(() -> RestFailure.unknownColumn(relation.name(), name));
    }

    /** Text goes as text and is cast by the server, which knows the type and says what is wrong with the value. */
    private String parameter(Object value, String sqlType) {
        parameters.add(value);
        String place = "$" + parameters.size();
        return value instanceof String ? place + "::text::" + sqlType : place + "::" + sqlType;
    }

    private String table() {
        return quote(relation.schema()) + "." + quote(relation.name());
    }

    private static String outputName(SelectItem item) {
        @Nullable String alias = item.alias();
        return alias == null ? item.column() : alias;
    }

    static String quote(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
