package dev.agentpulse.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array as Postgres prints it: <code>{a,"b c",NULL}</code>, <code>{{1,2},{3,4}}</code>, <code>[0:1]={a,b}</code>.
 * Elements are separated by commas, as those of every type but {@code box} are.
 */
public final class ArrayText {

    private static final String EXPECTED = "an array";
    // Postgres's own limit.
    private static final int MAX_DIMENSIONS = 6;

    private final String text;
    private final List<@Nullable String> elements = new ArrayList<>();
    private int at;
    private int dimensions;
    private int lowerBound = 1;

    private ArrayText(String text) {
        this.text = text;
    }

    /**
     * The array of a text.
     *
     * @throws MalformedValueException when the text is not an array
     */
    public static ArrayText parse(String text) {
        ArrayText array = new ArrayText(text);
        array.parseBounds();
        array.parseElements();
        return array;
    }

    /** The same of a part of an array of bytes in UTF-8, {@code to} excluded. */
    public static ArrayText parse(byte[] bytes, int from, int to) {
        return parse(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }

    /** The elements; those of several dimensions one row after the other. */
    public List<@Nullable String> elements() {
        return Collections.unmodifiableList(elements);
    }

    /** How many dimensions the array has: 0 when it is empty. */
    public int dimensions() {
        return dimensions;
    }

    /** The index of the first element in the first dimension: 1 unless the text says another. */
    public int lowerBound() {
        return lowerBound;
    }

    /** Bounds are printed when one of them is not the usual: {@code [0:1][5:6]=} ahead of the elements. */
    private void parseBounds() {
        if (!text.startsWith("[")) {
            return;
        }
        int end = text.indexOf("]=");
        int colon = text.indexOf(':');
        if (end < 0 || colon < 0 || colon > end) {
            throw malformed();
        }
        long bound = NumberText.wholeNumber(text.substring(1, colon));
        if (bound != (int) bound) {
            throw malformed();
        }
        lowerBound = (int) bound;
        at = end + 2;
    }

    private void parseElements() {
        int depth = 0;
        // Whether an element or an inner array may come next; else a comma or a closing brace.
        boolean open = true;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (open && c == '{' && depth < MAX_DIMENSIONS) {
                depth++;
                at++;
                if (at < text.length() && text.charAt(at) == '}') {
                    // Only an array that is empty altogether is printed so.
                    if (depth > 1 || at + 1 != text.length()) {
                        throw malformed();
                    }
                    return;
                }
            } else if (!open && c == '}') {
                depth--;
                at++;
                if (depth == 0) {
                    break;
                }
            } else if (!open && c == ',') {
                at++;
                open = true;
            } else if (open && depth > 0) {
                // Every element lies at the same depth, which is the number of dimensions.
                if (dimensions != 0 && dimensions != depth) {
                    throw malformed();
                }
                dimensions = depth;
                elements.add(c == '"' ? quoted() : unquoted());
                open = false;
            } else {
                throw malformed();
            }
        }
        if (depth != 0 || at != text.length() || dimensions == 0) {
            throw malformed();
        }
    }

    private String quoted() {
        StringBuilder element = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at < text.length()) {
                element.append(text.charAt(at++));
            }
        }
        if (at >= text.length()) {
            throw malformed();
        }
        at++;
        return element.toString();
    }

    private @Nullable String unquoted() {
        int first = at;
        while (at < text.length() && !isSpecial(text.charAt(at))) {
            at++;
        }
        if (at == first) {
            throw malformed();
        }
        String element = text.substring(first, at);
        // The word itself is quoted when it is an element.
        return element.equals("NULL") ? null : element;
    }

    private static boolean isSpecial(char c) {
        return c == ',' || c == '{' || c == '}' || c == '"' || c == '\\';
    }

    private MalformedValueException malformed() {
        return new MalformedValueException(EXPECTED, text);
    }
}
