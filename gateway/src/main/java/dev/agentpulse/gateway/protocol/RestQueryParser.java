package dev.agentpulse.gateway.protocol;

import dev.agentpulse.gateway.protocol.RestQuery.Nulls;
import dev.agentpulse.gateway.protocol.RestQuery.OrderTerm;
import dev.agentpulse.gateway.protocol.RestQuery.SelectItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads PostgREST's query strings. Everything that it does not know is refused by name, never ignored. */
public final class RestQueryParser {

    private static final int LONGEST_LIST = 100;
    private static final Pattern EMBEDDED = Pattern.compile("^[^(]*\\(.*");
    private static final Pattern AGGREGATE = Pattern.compile(".*\\.?(sum|avg|min|max|count)\\(\\).*");

    private RestQueryParser() {}

    /**
     * Reads a query string.
     *
     * @param parameters decoded, in the order in which they came; the same name may come twice
     */
    public static RestQuery parse(List<Map.Entry<String, String>> parameters) {
        List<SelectItem> select = List.of();
        List<OrderTerm> order = List.of();
        List<Condition> conditions = new ArrayList<>();
        Long limit = null;
        long offset = 0;
        for (Map.Entry<String, String> parameter : parameters) {
            String name = parameter.getKey();
            String value = parameter.getValue();
            switch (name) {
                case "apikey" -> {}
                case "select" -> select = select(value);
                case "order" -> order = order(value);
                case "limit" -> limit = count("limit", value);
                case "offset" -> offset = count("offset", value);
                case "and", "or", "not.and", "not.or" -> conditions.add(ConditionParser.tree(name, value));
                default -> conditions.add(ConditionParser.columnFilter(column(name), value));
            }
        }
        return new RestQuery(select, new Condition.All(conditions), order, limit, offset);
    }

    /** A column's name, in quotes or not. */
    static String column(String text) {
        String name = text.strip();
        if (name.contains("->")) {
            throw RestFailure.unsupported("The JSON path " + name);
        }
        if (name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")) {
            name = name.substring(1, name.length() - 1);
        }
        if (name.isEmpty()) {
            throw RestFailure.unreadable("column name", "A name is empty.");
        }
        return name;
    }

    private static List<SelectItem> select(String text) {
        List<SelectItem> items = new ArrayList<>();
        if (AGGREGATE.matcher(text).matches()) {
            throw new RestFailure(400, "PGRST123", "Use of aggregate functions is not allowed", null, null);
        }
        if (EMBEDDED.matcher(text).matches()) {
            throw new RestFailure(
                    400,
                    "PGRST200",
                    "Could not find a relationship in the schema cache",
                    "Embedding other tables is not supported by this gateway: " + text,
                    null);
        }
        for (String part : splitOutsideQuotes(text)) {
            if (part.isBlank()) {
                continue;
            }
            if (part.contains("::")) {
                throw RestFailure.unsupported("The cast in select, " + part.strip() + ",");
            }
            int colon = part.indexOf(':');
            String alias = colon < 0 ? null : column(part.substring(0, colon));
            String name = column(colon < 0 ? part : part.substring(colon + 1));
            items.add(new SelectItem(name, alias));
        }
        bound("select", items.size());
        return items;
    }

    private static List<OrderTerm> order(String text) {
        List<OrderTerm> terms = new ArrayList<>();
        for (String part : splitOutsideQuotes(text)) {
            String rest = part.strip();
            boolean descending = false;
            Nulls nulls = null;
            if (rest.endsWith(".nullsfirst")) {
                nulls = Nulls.FIRST;
            } else if (rest.endsWith(".nullslast")) {
                nulls = Nulls.LAST;
            }
            rest = nulls == null ? rest : rest.substring(0, rest.lastIndexOf('.'));
            if (rest.endsWith(".desc") || rest.endsWith(".asc")) {
                descending = rest.endsWith(".desc");
                rest = rest.substring(0, rest.lastIndexOf('.'));
            }
            if (rest.indexOf('.') >= 0 || rest.indexOf('(') >= 0) {
                throw RestFailure.unreadable(
                        "order (" + text + ")",
                        "Expected column.asc or column.desc, with" + " .nullsfirst or .nullslast behind it.");
            }
            terms.add(new OrderTerm(column(rest), descending, nulls));
        }
        bound("order", terms.size());
        return terms;
    }

    private static long count(String name, String text) {
        try {
            long count = Long.parseLong(text.strip());
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a negative number.
        }
        throw new RestFailure(
                400, "PGRST100", name + " must be a number that is not negative, but is " + text, null, null);
    }

    private static List<String> splitOutsideQuotes(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '"';
            if (c == ',' && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static void bound(String what, int size) {
        if (size > LONGEST_LIST) {
            throw RestFailure.unreadable(what, "It names " + size + " columns; the most is " + LONGEST_LIST + ".");
        }
    }
}
