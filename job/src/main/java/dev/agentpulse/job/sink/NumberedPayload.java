package dev.agentpulse.job.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A payload that names its row by a number instead of by the number's text. */
final class NumberedPayload {

    private static final JsonFactory JSON = new JsonFactory();

    /** The column may have had another type when the message was made. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,19}");

    private NumberedPayload() {}

    /**
     * Appends the number of a payload whose {@code id} is the text of one; any other is given back as it is. Of two
     * fields of one name Postgres keeps the last.
     *
     * @param payloadJson an object
     */
    static String of(String payloadJson) {
        String id = textOfId(payloadJson);
        if (id == null || !NUMBER.matcher(id).matches()) {
            return payloadJson;
        }
        return payloadJson.substring(0, payloadJson.lastIndexOf('}')) + ",\"id\":" + new BigInteger(id) + "}";
    }

    private static @Nullable String textOfId(String payloadJson) {
        try (JsonParser parser = JSON.createParser(payloadJson)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isId = parser.currentName().equals("id");
                boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
                if (isId) {
                    return isText ? parser.getText() : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("a payload is an object of JSON: " + payloadJson, e);
        }
    }
}
