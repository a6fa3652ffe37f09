package dev.agentpulse.gateway.protocol;

import dev.agentpulse.gateway.protocol.Condition.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads filters: {@code not.gt.5} behind a column, and trees such as {@code (a.eq.1,or(b.is.null,c.in.(1,2)))}.
 *
 * <p>A value that stands alone is taken as it is. Inside a list or a tree it ends at a comma or a parenthesis, unless it
 * is in double quotes, where a backslash takes the next character literally.
 */
final class ConditionParser {

    private static final int DEEPEST_NESTING = 20;
    private static final int MOST_VALUES = 1_000;

    private final String text;
    private int at;

    private ConditionParser(String text) {
        this.text = text;
    }

    static Condition columnFilter(String column, String filter) {
        return new ConditionParser(filter).topLevelFilter(column);
    }

    /** @param name {@code and}, {@code or}, {@code not.and} or {@code not.or} */
    static Condition tree(String name, String text) {
        ConditionParser parser = new ConditionParser(text);
        boolean negated = name.startsWith("not.");
        Condition tree = parser.group(negated ? name.substring("not.".length()) : name, 1);
        parser.expectEnd();
        return negated ? new Condition.Not(tree) : tree;
    }

    private Condition topLevelFilter(String column) {
        boolean negated = take("not.");
        String operator = word();
        Condition condition;
        if (operator.equals("in")) {
            condition = in(column);
            expectEnd();
        } else {
            condition = single(column, operator, text.substring(at));
        }
        return negated ? new Condition.Not(condition) : condition;
    }

    private Condition group(String kind, int depth) {
        if (depth > DEEPEST_NESTING) {
            throw failure("it nests deeper than " + DEEPEST_NESTING);
        }
        expect('(');
        List<Condition> parts = new ArrayList<>();
        do {
            parts.add(member(depth));
        } while (take(","));
        expect(')');
        return kind.equals("or") ? new Condition.Any(parts) : new Condition.All(parts);
    }

    private Condition member(int depth) {
        skipBlanks();
        boolean negated = take("not.");
        if (text.startsWith("and(", at) || text.startsWith("or(", at)) {
            String kind = text.startsWith("or(", at) ? "or" : "and";
            at += kind.length();
            Condition group = group(kind, depth + 1);
            return negated ? new Condition.Not(group) : group;
        }
        if (negated) {
            throw failure("not stands before and, or, or behind a column");
        }
        String column = RestQueryParser.column(columnName());
        boolean not = take("not.");
        String operator = word();
        Condition condition = operator.equals("in") ? in(column) : single(column, operator, element());
        skipBlanks();
        return not ? new Condition.Not(condition) : condition;
    }

    /** Up to the point behind it. */
    private String columnName() {
        int end = text.startsWith("\"", at) ? text.indexOf("\".", at + 1) + 1 : text.indexOf('.', at);
        if (end <= at) {
            throw failure("expected column.operator.value");
        }
        String name = text.substring(at, end);
        at = end + 1;
        return name;
    }

    /** An operator and the point behind it. */
    private String word() {
        int point = text.indexOf('.', at);
        if (point < 0) {
            throw failure("expected operator.value");
        }
        String word = text.substring(at, point);
        at = point + 1;
        return word;
    }

    private Condition in(String column) {
        expect('(');
        List<String> values = new ArrayList<>();
        if (!take(")")) {
            do {
                values.add(element());
            } while (take(","));
            expect(')');
        }
        if (values.size() > MOST_VALUES) {
            throw failure("in takes at most " + MOST_VALUES + " values");
        }
        return new Condition.In(column, values);
    }

    /** A value up to a comma or a closing parenthesis, or in quotes. A quote anywhere else is an error, not a guess. */
    private String element() {
        StringBuilder value = new StringBuilder();
        if (take("\"")) {
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\') {
                    at++;
                }
                if (at < text.length()) {
                    value.append(text.charAt(at++));
                }
            }
            expect('"');
            if (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != ')') {
                throw failure("expected , or ) behind a value in quotes");
            }
            return value.toString();
        }
        while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != ')') {
            if (text.charAt(at) == '"') {
                throw failure("a value that holds \" must stand in quotes, with \\ before it");
            }
            value.append(text.charAt(at++));
        }
        return value.toString();
    }

    private Condition single(String column, String operator, String value) {
        if (operator.equals("is")) {
            try {
                return new Condition.Is(column, Truth.valueOf(value.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw failure("is takes null, not_null, true, false or unknown");
            }
        }
        Optional<Comparison> comparison = Comparison.of(operator);
        if (comparison.isEmpty()) {
            throw failure("unknown operator " + operator
                    + "; known are eq, neq, gt, gte, lt, lte, like, ilike, in, is, each with not. before it");
        }
        if (value.indexOf('\0') >= 0) {
            throw failure("a value cannot hold the character 0");
        }
        boolean pattern = comparison.get().isPattern();
        // A star stands for a percent sign, which is awkward in a URL.
        return new Condition.Compare(column, comparison.get(), pattern ? value.replace('*', '%') : value);
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean take(String expected) {
        if (text.startsWith(expected, at)) {
            at += expected.length();
            return true;
        }
        return false;
    }

    private void expect(char expected) {
        if (!take(String.valueOf(expected))) {
            throw failure("expected " + expected + " at character " + (at + 1));
        }
    }

    private void expectEnd() {
        if (at < text.length()) {
            throw failure("nothing may follow character " + at);
        }
    }

    private RestFailure failure(String details) {
        return RestFailure.unreadable("filter (" + text + ")", details);
    }
}
