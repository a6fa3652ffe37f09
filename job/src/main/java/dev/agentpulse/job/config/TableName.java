package dev.agentpulse.job.config;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a table with its schema, letter for letter as the catalog has it.
 *
 * @param schema never empty
 * @param table never empty
 */
public record TableName(String schema, String table) implements Serializable {

    /** Postgres cuts longer names. */
    private static final int MAX_BYTES = 63;

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");

    /** Words that Postgres takes as the first part of a name only in quotes. */
    private static final Set<String> RESERVED =
            Set.of(("all analyse analyze and any array as asc asymmetric authorization"
                            + " binary both case cast check collate collation column concurrently constraint create cross"
                            + " current_catalog current_date current_role current_schema current_time current_timestamp"
                            + " current_user default deferrable desc distinct do else end except false fetch for foreign freeze"
                            + " from full grant group having ilike in initially inner intersect into is isnull join lateral"
                            + " leading left like limit localtime localtimestamp natural not notnull null offset on only or"
                            + " order outer overlaps placing primary references returning right select session_user similar"
                            + " some symmetric system_user table tablesample then to trailing true union unique user using"
                            + " variadic verbose when where window with")
                    .split(" "));

    public TableName {
        requireFits("schema", schema);
        requireFits("table", table);
    }

    private static void requireFits(String what, String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the name of a " + what + " must not be empty or hold a zero byte");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("the name of a " + what + " has at most " + MAX_BYTES
                    + " bytes in Postgres, but " + name + " has " + bytes);
        }
    }

    /**
     * Reads a name as SQL does: {@code public.agent_queries}, {@code "Sales"."Agent ""Queries"""}. What stands without
     * quotes is folded to lower case.
     *
     * @throws IllegalArgumentException with one sentence that shows the text and how it should look
     */
    public static TableName parse(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        do {
            at = text.startsWith(".", at) && !parts.isEmpty() ? at + 1 : at;
            at = skipSpace(text, at);
            at = at < text.length() && text.charAt(at) == '"'
                    ? quotedPart(text, at + 1, parts)
                    : plainPart(text, at, parts);
            at = skipSpace(text, at);
        } while (text.startsWith(".", at));
        if (at != text.length() || parts.size() != 2) {
            throw unreadable(text);
        }
        return new TableName(parts.get(0), parts.get(1));
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int quotedPart(String text, int from, List<String> parts) {
        StringBuilder part = new StringBuilder();
        int at = from;
        while (at < text.length()) {
            if (text.charAt(at) != '"') {
                part.append(text.charAt(at));
                at++;
            } else if (text.startsWith("\"\"", at)) {
                part.append('"');
                at += 2;
            } else if (part.length() > 0) {
                parts.add(part.toString());
                return at + 1;
            } else {
                throw unreadable(text);
            }
        }
        throw unreadable(text);
    }

    private static int plainPart(String text, int from, List<String> parts) {
        StringBuilder part = new StringBuilder();
        int at = from;
        while (at < text.length() && isPlain(text.charAt(at), at == from)) {
            char letter = text.charAt(at);
            // As the server does: other alphabets keep their case.
            part.append(letter < 0x80 ? Character.toLowerCase(letter) : letter);
            at++;
        }
        if (at == from) {
            throw unreadable(text);
        }
        parts.add(part.toString());
        return at;
    }

    private static boolean isPlain(char letter, boolean first) {
        boolean ascii = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
        boolean later = letter == '$' || (letter >= '0' && letter <= '9');
        return ascii || letter >= 0x80 || (later && !first);
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException("a table must be named schema.table, in double quotes where its name has"
                + " capitals or signs, as in public.agent_queries or \"Sales\".\"Agent Queries\", but is: " + text);
    }

    /** The name for SQL, always in quotes, whatever it holds. */
    public String quoted() {
        return quote(schema) + "." + quote(table);
    }

    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The name for people and for statements that they copy: in quotes only where SQL needs them. */
    @Override
    public String toString() {
        return (PLAIN.matcher(schema).matches() && !RESERVED.contains(schema) ? schema : quote(schema))
                + "."
                + (PLAIN.matcher(table).matches() ? table : quote(table));
    }
}
