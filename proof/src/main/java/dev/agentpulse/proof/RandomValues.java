package dev.agentpulse.proof;

import java.util.List;
import java.util.Random;

/** Random column values as SQL expressions. */
final class RandomValues {

    private static final List<String> AGENTS =
            List.of("'sales'", "'support'", "'billing'", "'Ünïcode 漢字 🙂'", "'o''brien \"quoted\" \\ | tab\t'");
    private static final List<String> TEXTS =
            List.of("NULL", "''", "'hello'", "'zwölf Boxkämpfer 🚀'", "E'line\\nbreak'", "'NULL'", "repeat('é', 300)");
    private static final List<String> LABELS = List.of(
            "NULL", "'{}'", "'{a}'", "'{a,b,c}'", "ARRAY['a', NULL, 'b']", "ARRAY[NULL]::text[]", "ARRAY['漢', '']");
    private static final List<String> RUBRICS = List.of(
            "NULL",
            "'null'",
            "'{}'",
            "'{\"clarity\": 5, \"accuracy\": 4, \"tone\": 3}'",
            "'{\"clarity\": 1.5, \"accuracy\": null}'",
            "'{\"tone\": 2, \"other\": \"words\"}'",
            "'{\"clarity\": 7, \"accuracy\": -0.125, \"tone\": 1e2}'");
    private static final List<String> BAD_TIMES =
            List.of("NULL", "'infinity'", "'-infinity'", "'20000-01-01 00:00:00+00'", "'0044-03-15 00:00:00+00 BC'");
    private static final List<String> BAD_RUBRICS =
            List.of("'[1, 2]'", "'\"good\"'", "'4'", "'{\"tone\": \"5\"}'", "'{\"clarity\": true}'");
    private static final List<String> STATUSES = List.of("'pending'", "'approved'", "'rejected'", "'expired'");

    private final Random random;

    RandomValues(Random random) {
        this.random = random;
    }

    String agent() {
        return pick(AGENTS);
    }

    String text() {
        return pick(TEXTS);
    }

    String labels() {
        return pick(LABELS);
    }

    String rubric() {
        return pick(RUBRICS);
    }

    String badRubric() {
        return pick(BAD_RUBRICS);
    }

    String badTime() {
        return pick(BAD_TIMES);
    }

    String badStatus() {
        return random.nextBoolean() ? "NULL" : "'Approved'";
    }

    String status() {
        return random.nextInt(2) == 0 ? "'pending'" : pick(STATUSES);
    }

    String annotator() {
        return random.nextInt(4) == 0 ? "NULL" : pick(List.of("'ann'", "'bob'", "'Zoë'"));
    }

    String bool() {
        return pick(List.of("NULL", "true", "false"));
    }

    /** Mostly a fraction of a second, rarely minutes; beyond 10 s percentiles may lie up to 1 % above. */
    String latency() {
        return switch (random.nextInt(20)) {
            case 0 -> "NULL";
            case 1 -> "0";
            case 2 -> Integer.toString(10_001 + random.nextInt(600_000));
            case 3 -> "200";
            default -> Integer.toString(random.nextInt(700));
        };
    }

    /** Now; late by seconds, minutes, hours; ahead by seconds, minutes, a day; or on a slide's very edge. */
    String time() {
        return switch (random.nextInt(24)) {
            case 0, 1 -> ago(random.nextInt(300));
            case 2, 3 -> ago(60 * random.nextInt(90));
            case 4 -> ago(3600 * random.nextInt(30));
            case 5 -> ago(86_400 * 400);
            case 6, 7 -> ahead(1 + random.nextInt(5));
            case 8 -> ahead(random.nextBoolean() ? 45 : 180);
            case 9 -> ahead(86_400);
            case 10 -> "date_trunc('second', clock_timestamp())";
            case 11 -> "date_trunc('second', clock_timestamp()) - interval '1 minute'";
            case 12, 13, 14, 15 -> "now()";
            default -> "clock_timestamp()";
        };
    }

    private static String ago(int seconds) {
        return "clock_timestamp() - interval '" + seconds + " seconds'";
    }

    private static String ahead(int seconds) {
        return "clock_timestamp() + interval '" + seconds + " seconds'";
    }

    /** True once in so many times. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    int upTo(int bound) {
        return random.nextInt(bound);
    }

    <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
