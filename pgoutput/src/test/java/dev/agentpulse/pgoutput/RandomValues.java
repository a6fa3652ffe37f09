package dev.agentpulse.pgoutput;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Random values of many types, as texts that Postgres reads; borders and oddities are frequent among them. */
final class RandomValues {

    /** Types that come with the server, and those that {@link #CREATE_TYPES} makes. */
    static final List<String> TYPES = List.of(
            "smallint",
            "integer",
            "bigint",
            "numeric",
            "numeric(20,5)",
            "real",
            "double precision",
            "text",
            "character varying(50)",
            "character(7)",
            "bytea",
            "boolean",
            "date",
            "timestamp without time zone",
            "timestamp with time zone",
            "time with time zone",
            "interval",
            "uuid",
            "json",
            "jsonb",
            "integer[]",
            "text[]",
            "numeric[]",
            "inet",
            "bit varying",
            "int4range",
            "point",
            "mood",
            "positive",
            "pair",
            "citext");

    static final String[] CREATE_TYPES = {
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('sad', 'so so', 'it''s \"fine\"')",
        "CREATE DOMAIN positive AS integer CHECK (value > 0)",
        "CREATE TYPE pair AS (a integer, b text)"
    };

    private static final String ODD_CHARACTERS = "aZ09 ,;:'\"\\{}()[]%_\t\n\r\b€ß語\uD83D\uDE00\u0301NULL";

    private final Random random;

    RandomValues(Random random) {
        this.random = random;
    }

    String type() {
        return oneOf(TYPES);
    }

    <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** A value's text, or null. */
    @Nullable
    String value(String type) {
        return random.nextInt(8) == 0 ? null : present(type);
    }

    private String present(String type) {
        return switch (type) {
            case "smallint" -> "" + (short) random.nextInt();
            case "integer" -> oneOf(List.of("0", "-2147483648", "2147483647", "" + random.nextInt()));
            case "bigint" -> oneOf(List.of("0", "" + Long.MIN_VALUE, "" + Long.MAX_VALUE, "" + random.nextLong()));
            case "numeric" -> oneOf(List.of("NaN", "Infinity", "-Infinity", "0.000", decimal(60), decimal(8)));
            case "numeric(20,5)" -> oneOf(List.of("NaN", decimal(20)));
            case "real" -> oneOf(List.of("NaN", "Infinity", "-0", "" + random.nextFloat()));
            case "double precision" -> oneOf(List.of("NaN", "-Infinity", "1e-300", "" + random.nextGaussian()));
            case "text" -> text();
            case "citext" -> words(30);
            case "character varying(50)" -> words(50);
            case "character(7)" -> words(7);
            case "bytea" -> "\\x" + hex(random.nextInt(40));
            case "boolean" -> oneOf(List.of("t", "f"));
            case "date" -> oneOf(List.of("infinity", "0044-03-15 BC", date()));
            case "timestamp without time zone" -> oneOf(List.of("-infinity", date() + " 23:59:59.999999", timestamp()));
            case "timestamp with time zone" -> oneOf(List.of("infinity", timestamp() + "+05:30", timestamp() + "-11"));
            case "time with time zone" -> "12:34:56.7" + random.nextInt(10) + "+0" + random.nextInt(10);
            case "interval" -> random.nextInt(1000) + " days " + random.nextInt(100_000) + ".25 seconds";
            case "uuid" -> new UUID(random.nextLong(), random.nextLong()).toString();
            case "json", "jsonb" -> json(2);
            case "integer[]" -> oneOf(List.of("[-1:0]={7,8}", "{{1,2},{3,NULL}}", array("integer")));
            case "text[]" -> textArray();
            case "numeric[]" -> array("numeric");
            case "inet" -> oneOf(List.of("::1", "10.1.2." + random.nextInt(256) + "/24"));
            case "bit varying" -> Integer.toBinaryString(random.nextInt());
            case "int4range" -> oneOf(List.of("empty", "(,5]", "[" + random.nextInt(9) + ",10)"));
            case "point" -> "(" + random.nextInt(9) + "," + random.nextFloat() + ")";
            case "mood" -> oneOf(List.of("sad", "so so", "it's \"fine\""));
            case "positive" -> "" + (1 + random.nextInt(1000));
            case "pair" -> "(" + random.nextInt(9) + ",\"a \"\"b\"\", c\")";
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** A time within the years that fit 64 bits of microseconds since 1970. */
    String timestamp() {
        String fraction = oneOf(List.of("", ".5", ".000001", "." + (100_000 + random.nextInt(900_000))));
        return String.format(
                Locale.ROOT,
                "%s %02d:%02d:%02d%s",
                date(),
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60),
                fraction);
    }

    /** An array of one dimension. */
    String textArray() {
        return array("text");
    }

    /** Short texts mostly, and some that the server stores apart from the row. */
    private String text() {
        return random.nextInt(6) == 0 ? hex(1500 + random.nextInt(3000)) : words(random.nextInt(20));
    }

    String words(int most) {
        int[] points = ODD_CHARACTERS.codePoints().toArray();
        return IntStream.generate(() -> points[random.nextInt(points.length)])
                .limit(random.nextInt(most + 1))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String decimal(int digits) {
        return new BigDecimal(new BigInteger((int) (digits * 3.2), random), random.nextInt(6)).toPlainString();
    }

    private String hex(int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return IntStream.range(0, bytes)
                .mapToObj(i -> String.format("%02x", content[i]))
                .collect(Collectors.joining());
    }

    private String date() {
        int year =
                oneOf(List.of(1, 999, 1582, 1900, 1970, 2000, 2024, 9999, 10_000, 290_000, 1800 + random.nextInt(300)));
        return String.format(Locale.ROOT, "%04d-%02d-%02d", year, 1 + random.nextInt(12), 1 + random.nextInt(28));
    }

    private String array(String type) {
        List<String> elements = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            String element = type.equals("text") ? words(8) : present(type);
            elements.add(random.nextInt(5) == 0 ? "NULL" : quoted(element));
        }
        return "{" + String.join(",", elements) + "}";
    }

    private static String quoted(String element) {
        return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private String json(int depth) {
        Function<Integer, String> inner = any -> json(depth - 1);
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> "null";
            case 1 -> "" + random.nextGaussian();
            case 2 -> "\"\\u20ac \\\" \\\\ \\n\"";
            case 3 -> "true";
            case 4 ->
                IntStream.range(0, random.nextInt(4)).boxed().map(inner).collect(Collectors.joining(",", "[", "]"));
            default -> "{\"a\": " + json(depth - 1) + ", \"b\" : " + json(depth - 1) + "}";
        };
    }
}
