package dev.agentpulse.pgoutput;

import java.nio.charset.StandardCharsets;

/** A value whose text is not of the type that was asked for. Its text names the type and the value's beginning. */
public final class MalformedValueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 60;

    MalformedValueException(String expected, String text) {
        super("not " + expected + ": '" + (text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…") + "'");
    }

    MalformedValueException(String expected, byte[] bytes, int from, int to) {
        // A character has at most four bytes.
        this(expected, new String(bytes, from, Math.min(to - from, 4 * (SHOWN + 1)), StandardCharsets.UTF_8));
    }
}
