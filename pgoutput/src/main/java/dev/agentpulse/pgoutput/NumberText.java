package dev.agentpulse.pgoutput;

import java.nio.charset.StandardCharsets;

/** Whole numbers as Postgres prints them: a minus where needed, then digits. */
public final class NumberText {

    private static final String EXPECTED = "a whole number of 64 bits";

    private NumberText() {}

    /**
     * The number of a text.
     *
     * @throws MalformedValueException when the text is anything else, a fraction or {@code NaN} for instance, or does not
     *     fit 64 bits
     */
    public static long wholeNumber(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return wholeNumber(bytes, 0, bytes.length);
    }

    /** The same of a part of an array, {@code to} excluded. */
    public static long wholeNumber(byte[] bytes, int from, int to) {
        boolean negative = from < to && bytes[from] == '-';
        int first = negative ? from + 1 : from;
        // Downwards, because the smallest number has no positive counterpart.
        long value = 0;
        for (int i = first; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10 || value * 10 < Long.MIN_VALUE + digit) {
                throw new MalformedValueException(EXPECTED, bytes, from, to);
            }
            value = value * 10 - digit;
        }
        if (first >= to || (!negative && value == Long.MIN_VALUE)) {
            throw new MalformedValueException(EXPECTED, bytes, from, to);
        }
        return negative ? value : -value;
    }
}
