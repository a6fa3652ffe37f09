package dev.agentpulse.local;

import java.util.stream.Collectors;

/**
 * Text of others, such as an agent's name, as it may go to a terminal: characters that would move its cursor, colour it or
 * turn the direction of writing are shown by their code, as in {@code \\u001b}.
 */
public final class PrintableText {

    private PrintableText() {}

    public static String of(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isPlain(point)) {
                shown.appendCodePoint(point);
            } else {
                shown.append(String.format("\\u%04x", point));
            }
        });
        return shown.toString();
    }

    /** The same of a text of several lines, which stay lines, as those of a stack trace do. */
    public static String ofLines(String text) {
        return text.replace("\t", "    ").lines().map(PrintableText::of).collect(Collectors.joining("\n"));
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
