package dev.agentpulse.job.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a rubric. Of the rest of its JSON nothing is made, so that it may be as deep, and its names and numbers
 * as long, as Postgres takes them.
 */
final class Rubric {

    static final String CLARITY = "clarity";
    static final String ACCURACY = "accuracy";
    static final String TONE = "tone";

    private static final Set<String> NAMES = Set.of(CLARITY, ACCURACY, TONE);

    /** Digits that a number may have in front of the point, and behind it: sums of numbers stay bounded. */
    private static final int DIGITS = 100;

    /** Longer than any number within these bounds, an exponent included. */
    private static final int NUMBER_CHARS = 3 * DIGITS;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            // Names come from anybody: they are not to be remembered.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final Map<String, BigDecimal> numbers;

    private Rubric(Map<String, BigDecimal> numbers) {
        this.numbers = numbers;
    }

    /**
     * Reads a rubric.
     *
     * @param text an object of JSON; null, or JSON's null, for a rubric without numbers
     */
    static Rubric parse(@Nullable String text) throws UnusableValueException {
        Map<String, BigDecimal> numbers = new HashMap<>();
        if (text == null) {
            return new Rubric(numbers);
        }
        try (JsonParser json = JSON.createParser(text)) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.VALUE_NULL) {
                return new Rubric(numbers);
            }
            if (first != JsonToken.START_OBJECT) {
                throw new UnusableValueException("rubric_not_an_object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (NAMES.contains(name)) {
                    // Of a name that comes twice the last one counts, as it does in Postgres.
                    numbers.remove(name);
                    if (value != JsonToken.VALUE_NULL) {
                        numbers.put(name, number(json, value));
                    }
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            throw new UnusableValueException("rubric_not_an_object");
        }
        return new Rubric(numbers);
    }

    private static BigDecimal number(JsonParser json, JsonToken value) throws IOException, UnusableValueException {
        if (!value.isNumeric()) {
            throw new UnusableValueException("rubric_not_a_number");
        }
        try {
            BigDecimal number = json.getTextLength() <= NUMBER_CHARS ? new BigDecimal(json.getText()) : null;
            if (number != null && number.scale() <= DIGITS && (long) number.precision() - number.scale() <= DIGITS) {
                return number.scale() < 0 ? number.setScale(0) : number;
            }
        } catch (NumberFormatException exponentBeyondAnInt) {
            // As below.
        }
        throw new UnusableValueException("rubric_number_out_of_range");
    }

    /** A number by its name; null where there is none. */
    @Nullable
    BigDecimal number(String name) {
        return numbers.get(name);
    }
}
