package dev.agentpulse.job.source;

import dev.agentpulse.job.preflight.SourceColumn;
import dev.agentpulse.pgoutput.MalformedValueException;
import dev.agentpulse.pgoutput.TimestampText;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values by what they must be for the job, whatever the type of their column. A value that is something
 * else is unusable, with a reason of docs/decisions/0001-figures.md, and never read as null or cut.
 */
final class SourceValues {

    /** 0001-01-01 and 9999-12-31T23:59:59.999999Z. */
    private static final long FIRST_MICROS = -62_135_596_800_000_000L;

    private static final long LAST_MICROS = 253_402_300_799_999_999L;

    private SourceValues() {}

    /** A text that rows are found by. */
    static @Nullable String key(SourceImage image, int column) throws UnusableValueException {
        if (image.bytes(column) > SourceColumn.KEY_BYTES) {
            throw new UnusableValueException(name(image, column) + "_too_long");
        }
        return text(image, column);
    }

    /** A text that is shown, cut to its length. */
    static @Nullable String text(SourceImage image, int column) throws UnusableValueException {
        String text = image.text(column);
        if (text != null && image.isMalformed(column, text)) {
            throw new UnusableValueException(name(image, column) + "_not_utf8");
        }
        return text;
    }

    /** A time in microseconds since the epoch. */
    static @Nullable Long micros(SourceImage image, int column) throws UnusableValueException {
        if (image.isNull(column)) {
            return null;
        }
        long micros;
        try {
            micros = image.timestampMicros(column);
        } catch (MalformedValueException e) {
            throw new UnusableValueException("timestamp_out_of_range");
        }
        if (micros == TimestampText.INFINITY || micros == TimestampText.NEGATIVE_INFINITY) {
            throw new UnusableValueException("infinite_timestamp");
        }
        if (micros < FIRST_MICROS || micros > LAST_MICROS) {
            throw new UnusableValueException("timestamp_out_of_range");
        }
        return micros;
    }

    static @Nullable Boolean bool(SourceImage image, int column) throws UnusableValueException {
        if (image.isNull(column)) {
            return null;
        }
        try {
            return image.bool(column);
        } catch (MalformedValueException e) {
            throw new UnusableValueException(name(image, column) + "_not_a_boolean");
        }
    }

    /** Milliseconds, from 0 to the largest int. */
    static @Nullable Integer latency(SourceImage image, int column) throws UnusableValueException {
        if (image.isNull(column)) {
            return null;
        }
        if (image.bytes(column) > SourceColumn.SCALAR_LENGTH) {
            throw new UnusableValueException("latency_out_of_range");
        }
        long millis = whole(image, column);
        if (millis < 0) {
            throw new UnusableValueException("negative_latency");
        }
        if (millis > Integer.MAX_VALUE) {
            throw new UnusableValueException("latency_out_of_range");
        }
        return (int) millis;
    }

    private static long whole(SourceImage image, int column) throws UnusableValueException {
        try {
            return image.wholeNumber(column);
        } catch (MalformedValueException e) {
            // A numeric prints the digits of its scale (12.00 is whole), and may be larger than a long.
            try {
                return new BigDecimal(Objects.requireNonNull(image.text(column)))
                        .min(BigDecimal.valueOf(Long.MAX_VALUE))
                        .max(BigDecimal.valueOf(Long.MIN_VALUE))
                        .longValueExact();
            } catch (ArithmeticException | NumberFormatException fractionOrWord) {
                throw new UnusableValueException("latency_not_a_whole_number");
            }
        }
    }

    /**
     * The elements of an array that are not null, those of several dimensions as {@code unnest} gives them. Windows count
     * them by name, so how many a row may bring is bounded, in number and in bytes.
     */
    static String[] labels(SourceImage image, int column) throws UnusableValueException {
        if (image.isNull(column)) {
            return new String[0];
        }
        if (image.bytes(column) > SourceColumn.LABELS_BYTES) {
            throw new UnusableValueException("labels_too_long");
        }
        List<@Nullable String> elements;
        try {
            elements = image.elements(column);
        } catch (MalformedValueException e) {
            throw new UnusableValueException("labels_not_an_array");
        }
        if (elements.size() > SourceColumn.MOST_LABELS) {
            throw new UnusableValueException("labels_too_long");
        }
        String[] labels = elements.stream().filter(Objects::nonNull).toArray(String[]::new);
        for (String label : labels) {
            if (label.codePointCount(0, label.length()) > SourceColumn.LABEL_LENGTH) {
                throw new UnusableValueException("label_too_long");
            }
            if (image.isMalformed(column, label)) {
                throw new UnusableValueException("labels_not_utf8");
            }
        }
        return labels;
    }

    static Rubric rubric(SourceImage image, int column) throws UnusableValueException {
        if (image.bytes(column) > SourceColumn.DOCUMENT_BYTES) {
            throw new UnusableValueException("rubric_too_long");
        }
        return Rubric.parse(text(image, column));
    }

    private static String name(SourceImage image, int column) {
        return image.columns().get(column).name();
    }
}
