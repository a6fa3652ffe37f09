package dev.agentpulse.pgoutput;

import java.nio.charset.StandardCharsets;

/**
 * Times as Postgres prints {@code timestamptz} and {@code timestamp} with {@code DateStyle} ISO, in microseconds since
 * 1970-01-01 UTC: {@code 2024-02-29 12:34:56.789+05:30}, {@code 0044-03-15 00:00:00+00 BC}, {@code infinity}. A time
 * without an offset counts as UTC. The calendar is the Gregorian at all times, as Postgres's is.
 */
public final class TimestampText {

    /** What {@code infinity} becomes; no other time has this value. */
    public static final long INFINITY = Long.MAX_VALUE;

    /** What {@code -infinity} becomes; no other time has this value. */
    public static final long NEGATIVE_INFINITY = Long.MIN_VALUE;

    private static final String EXPECTED = "a time within 64 bits of microseconds since 1970";
    private static final long MICROS_A_SECOND = 1_000_000;
    private static final int SECONDS_A_DAY = 86_400;
    private static final int DAYS_IN_400_YEARS = 146_097;
    // From the first of March of the year 0, where the years of the formula begin, to 1970-01-01.
    private static final long DAYS_BEFORE_1970 = 719_468;

    private final byte[] bytes;
    private final int from;
    private final int to;
    private int at;

    private TimestampText(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.at = from;
    }

    /**
     * The time of a text.
     *
     * @throws MalformedValueException when the text is not such a time, or (after the year 294246, which Postgres can
     *     hold) does not fit
     */
    public static long micros(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return micros(encoded, 0, encoded.length);
    }

    /** The same of a part of an array, {@code to} excluded. */
    public static long micros(byte[] bytes, int from, int to) {
        return new TimestampText(bytes, from, to).parse();
    }

    private long parse() {
        if (rest("infinity")) {
            return INFINITY;
        }
        if (rest("-infinity")) {
            return NEGATIVE_INFINITY;
        }
        long year = year();
        expect('-');
        int month = two(1, 12);
        expect('-');
        int day = two(1, 31);
        expect(' ');
        int seconds = two(0, 23) * 3600;
        expect(':');
        seconds += two(0, 59) * 60;
        expect(':');
        seconds += two(0, 59);
        int micros = fraction();
        int offset = offset();
        if (at < to) {
            if (!rest(" BC")) {
                throw malformed();
            }
            year = 1 - year;
        }
        if (day > daysOf(month, year)) {
            throw malformed();
        }
        long wholeSeconds = days(year, month, day) * SECONDS_A_DAY + seconds - offset;
        try {
            long result = Math.addExact(Math.multiplyExact(wholeSeconds, MICROS_A_SECOND), micros);
            if (result == INFINITY || result == NEGATIVE_INFINITY) {
                throw malformed();
            }
            return result;
        } catch (ArithmeticException e) {
            throw malformed();
        }
    }

    private long year() {
        int first = at;
        long year = 0;
        while (at < to && isDigit(bytes[at]) && at - first < 6) {
            year = year * 10 + bytes[at++] - '0';
        }
        // Postgres fills up to four digits and has no year 0.
        if (at - first < 4 || year == 0) {
            throw malformed();
        }
        return year;
    }

    private int two(int least, int most) {
        if (at + 2 > to || !isDigit(bytes[at]) || !isDigit(bytes[at + 1])) {
            throw malformed();
        }
        int value = (bytes[at] - '0') * 10 + bytes[at + 1] - '0';
        if (value < least || value > most) {
            throw malformed();
        }
        at += 2;
        return value;
    }

    private int fraction() {
        if (at >= to || bytes[at] != '.') {
            return 0;
        }
        at++;
        int digits = 0;
        int micros = 0;
        while (at < to && isDigit(bytes[at]) && digits < 6) {
            micros = micros * 10 + bytes[at++] - '0';
            digits++;
        }
        if (digits == 0) {
            throw malformed();
        }
        for (; digits < 6; digits++) {
            micros *= 10;
        }
        return micros;
    }

    private int offset() {
        if (at >= to || (bytes[at] != '+' && bytes[at] != '-')) {
            return 0;
        }
        int sign = bytes[at++] == '-' ? -1 : 1;
        int seconds = two(0, 15) * 3600;
        if (at < to && bytes[at] == ':') {
            at++;
            seconds += two(0, 59) * 60;
            if (at < to && bytes[at] == ':') {
                at++;
                seconds += two(0, 59);
            }
        }
        return sign * seconds;
    }

    private void expect(char expected) {
        if (at >= to || bytes[at] != expected) {
            throw malformed();
        }
        at++;
    }

    /** Whether all that is left is this text. */
    private boolean rest(String text) {
        if (to - at != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private MalformedValueException malformed() {
        return new MalformedValueException(EXPECTED, bytes, from, to);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static int daysOf(int month, long year) {
        return switch (month) {
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /** Days since 1970-01-01; a year of the formula begins in March, so that the leap day is its last. */
    private static long days(long year, int month, int day) {
        long shifted = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(shifted, 400);
        long yearOfEra = shifted - era * 400;
        long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * DAYS_IN_400_YEARS + dayOfEra - DAYS_BEFORE_1970;
    }
}
