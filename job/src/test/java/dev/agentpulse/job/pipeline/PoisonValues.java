package dev.agentpulse.job.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** For every column that the job reads: the longest, the widest and the strangest that Postgres can hold, as SQL. */
final class PoisonValues {

    private static final String QUERIES = "agent_queries";
    private static final String APPROVALS = "agent_approvals";
    private static final String FEEDBACK = "agent_feedback";

    /** Texts of at most 1,000 bytes, by what they are made of. */
    private static final Map<String, String> SHORT_TEXTS = new LinkedHashMap<>();

    /** Texts of more than 1,000 bytes. */
    private static final Map<String, String> LONG_TEXTS = new LinkedHashMap<>();

    static {
        SHORT_TEXTS.put("nothing", "''");
        SHORT_TEXTS.put("blanks", "E' \\t\\r\\n\\x0b '");
        SHORT_TEXTS.put("C0 controls", characters("1, 31"));
        SHORT_TEXTS.put("C1 controls", characters("127, 159"));
        SHORT_TEXTS.put("bidi controls", characters("8234, 8238") + " || " + characters("8294, 8297"));
        SHORT_TEXTS.put("no width", characters("8203, 8207") + " || chr(65279)");
        SHORT_TEXTS.put("line separators", characters("8232, 8233"));
        SHORT_TEXTS.put("non-characters", "chr(65534) || chr(65535) || chr(131070) || chr(1114111)");
        SHORT_TEXTS.put("unassigned", "chr(888) || chr(917505) || chr(983040)");
        SHORT_TEXTS.put("around the surrogates", "chr(55295) || chr(57344) || chr(65533)");
        SHORT_TEXTS.put("combining", "'a' || repeat(chr(769), 400)");
        SHORT_TEXTS.put("emoji by the limit", "repeat(chr(128512), 250)");
        SHORT_TEXTS.put("quotes and escapes", "$q$'\"\\ \\N {\"a\":[1]} %s $1 \\u0000 ''; DROP TABLE x;--$q$");
        SHORT_TEXTS.put("words", "'NULL'");
        SHORT_TEXTS.put("as long as a key may be", "repeat('k', 1000)");
        LONG_TEXTS.put("one byte too long", "repeat('k', 1001)");
        LONG_TEXTS.put("emoji beyond the limit", "repeat(chr(128512), 251)");
        LONG_TEXTS.put("random", "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 125) n)");
        LONG_TEXTS.put("a megabyte", "repeat('m', 1000000)");
    }

    /** Times as text, and the reason why no row with one can be used; null if one can. */
    private static final Map<String, @Nullable String> TIMES = new LinkedHashMap<>();

    static {
        TIMES.put("'-infinity'", "infinite_timestamp");
        TIMES.put("'infinity'", "infinite_timestamp");
        TIMES.put("'4713-01-01 00:00:00+00 BC'", "timestamp_out_of_range");
        TIMES.put("'0001-12-31 23:59:59.999999+00 BC'", "timestamp_out_of_range");
        TIMES.put("'0001-01-01 00:00:00+00'", null);
        TIMES.put("'1582-10-10 12:00:00+00'", null);
        TIMES.put("'1883-11-18 12:00:00 America/New_York'", null);
        TIMES.put("'1969-12-31 23:59:59.999999+00'", null);
        TIMES.put("'1970-01-01 00:00:00+00'", null);
        TIMES.put("'2016-12-31 23:59:60+00'", null);
        TIMES.put("date_trunc('second', now()) - interval '1 microsecond'", null);
        TIMES.put("'2038-01-19 03:14:08+00'", null);
        TIMES.put("'9999-12-31 23:59:59.999999+00'", null);
        TIMES.put("'10000-01-01 00:00:00+00'", "timestamp_out_of_range");
        TIMES.put("'294276-12-31 23:59:59.999999+00'", "timestamp_out_of_range");
    }

    private final List<Poison> poisons = new ArrayList<>();

    private PoisonValues() {}

    static List<Poison> all() {
        PoisonValues values = new PoisonValues();
        values.texts();
        values.times();
        values.latencies();
        values.words();
        values.labels();
        values.rubrics();
        return values.poisons;
    }

    private static String characters(String fromTo) {
        return "(SELECT string_agg(chr(n), '' ORDER BY n) FROM generate_series(" + fromTo + ") n)";
    }

    private String id() {
        return "'p" + poisons.size() + "'";
    }

    private void add(String kind, String table, @Nullable String reason, String columns, String values) {
        String insert = "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ")";
        poisons.add(reason == null ? Poison.harmless(kind, insert) : Poison.noted(kind, table, reason, insert));
    }

    private void texts() {
        SHORT_TEXTS.forEach((kind, text) -> text(kind, text, null));
        LONG_TEXTS.forEach((kind, text) -> text(kind, text, "too_long"));
    }

    /** Whether an index takes it, so that it can be an id. */
    private static boolean isIndexable(String kind) {
        return !kind.equals("random") && !kind.equals("a megabyte");
    }

    private void text(String kind, String text, @Nullable String problem) {
        add(
                "query: " + kind,
                QUERIES,
                null,
                "id, agent, query, conversation_id",
                id() + ", 'a', " + text + ", " + text);
        key("agent: " + kind, QUERIES, "agent", problem, "id, agent, latency_ms", id() + ", " + text + ", 300");
        if (isIndexable(kind)) {
            key("query id: " + kind, QUERIES, "id", problem, "id, agent, latency_ms", text + ", 'a', 900");
            key(
                    "approval id: " + kind,
                    APPROVALS,
                    "id",
                    problem,
                    "id, status, created_at",
                    text + ", 'pending', now() - interval '1 hour'");
            key("feedback id: " + kind, FEEDBACK, "id", problem, "id, annotator, safe_to_send", text + ", 'x', false");
        }
        add(
                "approver: " + kind,
                APPROVALS,
                null,
                "id, status, approved_by, conversation_id, updated_at",
                id() + ", 'approved', " + text + ", " + text + ", now()");
        add("status: " + kind, APPROVALS, "unknown_status", "id, status", id() + ", " + text);
        key(
                "annotator: " + kind,
                FEEDBACK,
                "annotator",
                problem,
                "id, annotator, safe_to_send",
                id() + ", " + text + ", false");
        String labels =
                switch (kind) {
                    case "a megabyte" -> "labels_too_long";
                    case "random", "one byte too long" -> "label_too_long";
                    default -> null;
                };
        add("label: " + kind, FEEDBACK, labels, "id, labels", id() + ", ARRAY[" + text + ", 'other', NULL]");
    }

    private void key(
            String kind, String table, String column, @Nullable String problem, String columns, String values) {
        add(kind, table, problem == null ? null : column + "_" + problem, columns, values);
    }

    private void times() {
        TIMES.forEach((time, reason) -> {
            boolean ahead = time.startsWith("'2038") || time.startsWith("'9999");
            String created = reason == null && ahead ? "future_timestamp" : reason;
            add(
                    "query at " + time,
                    QUERIES,
                    created,
                    "id, agent, latency_ms, created_at",
                    id() + ", 'a', 250, " + time);
            add("approval at " + time, APPROVALS, created, "id, status, created_at", id() + ", 'pending', " + time);
            add(
                    "approval touched at " + time,
                    APPROVALS,
                    reason,
                    "id, status, updated_at",
                    id() + ", 'pending', " + time);
            add(
                    "approval decided at " + time,
                    APPROVALS,
                    reason,
                    "id, status, created_at, updated_at",
                    id() + ", 'rejected', now(), " + time);
            if (reason == null) {
                add(
                        "approval of " + time + " decided now",
                        APPROVALS,
                        created,
                        "id, status, created_at, updated_at",
                        id() + ", 'expired', " + time + ", now()");
            }
            add("feedback at " + time, FEEDBACK, created, "id, annotator, created_at", id() + ", 'x', " + time);
            add("feedback touched at " + time, FEEDBACK, reason, "id, annotator, updated_at", id() + ", 'x', " + time);
        });
        add("query without a time", QUERIES, "missing_created_at", "id, agent, created_at", id() + ", 'a', NULL");
        add(
                "approval without a time",
                APPROVALS,
                "missing_created_at",
                "id, status, created_at",
                id() + ", 'pending', NULL");
        add(
                "decision without a time",
                APPROVALS,
                "missing_updated_at",
                "id, status, updated_at",
                id() + ", 'approved', NULL");
        add("feedback without a time", FEEDBACK, "missing_created_at", "id, created_at", id() + ", NULL");
    }

    private void latencies() {
        latency("NULL", null);
        latency("0", null);
        latency("-0", null);
        latency("2147483647", null);
        latency("12." + "0".repeat(900), null);
        latency("-1", "negative_latency");
        latency("-1e400", "negative_latency");
        latency("2147483648", "latency_out_of_range");
        latency("1e400", "latency_out_of_range");
        latency("('9' || repeat('9', 131071))::numeric", "latency_out_of_range");
        latency("('5.' || repeat('0', 16000))::numeric", "latency_out_of_range");
        latency("0.5", "latency_not_a_whole_number");
        latency("1e-900", "latency_not_a_whole_number");
        latency("'NaN'", "latency_not_a_whole_number");
        latency("'Infinity'", "latency_not_a_whole_number");
        latency("'-Infinity'", "latency_not_a_whole_number");
    }

    private void latency(String value, @Nullable String reason) {
        add(
                "latency " + value.substring(0, Math.min(20, value.length())),
                QUERIES,
                reason,
                "id, agent, latency_ms",
                id() + ", 'l', " + value);
    }

    private void words() {
        add("no agent", QUERIES, "missing_agent", "id, agent", id() + ", NULL");
        add("no status", APPROVALS, "unknown_status", "id, status", id() + ", NULL");
        for (String status : List.of("Pending", "pending ", " pending", "PENDING", "approved\n")) {
            add(
                    "status '" + status.strip() + "'",
                    APPROVALS,
                    "unknown_status",
                    "id, status",
                    id() + ", '" + status + "'");
        }
        for (String approved : List.of("NULL", "true", "false")) {
            for (String edited : List.of("NULL", "true", "false")) {
                add(
                        "reviewed " + approved + ", edited " + edited,
                        QUERIES,
                        null,
                        "id, agent, approved, human_edited",
                        id() + ", 'b', " + approved + ", " + edited);
            }
        }
    }

    private void labels() {
        for (String labels : List.of(
                "NULL",
                "'{}'",
                "'{NULL}'",
                "'{\"NULL\",null,\"\",\" \"}'",
                "'[0:1]={a,b}'",
                "'[-5:-4][7:7]={{a},{b}}'",
                "'{{a,b},{c,d}}'",
                "'{{{{{{a,b}}}}}}'",
                "ARRAY['{', '}', ',', '\"', E'\\\\', '[0:1]={x}']",
                "array_fill('same'::text, ARRAY[100])",
                "(SELECT array_agg(repeat('l', 98) || n) FROM generate_series(10, 99) n)",
                // 10,000 bytes with braces and commas.
                "array_fill(repeat('l', 998), ARRAY[9]) || repeat('l', 1000) || 'ending'::text")) {
            add(
                    "labels " + labels.substring(0, Math.min(20, labels.length())),
                    FEEDBACK,
                    null,
                    "id, labels",
                    id() + ", " + labels);
        }
        for (String labels : List.of(
                "array_fill('same'::text, ARRAY[101])",
                "array_fill(NULL::text, ARRAY[101])",
                "array_fill('same'::text, ARRAY[2, 51])",
                "array_fill(repeat('l', 998), ARRAY[9]) || repeat('l', 1000) || 'endings'::text",
                "array_fill(repeat('l', 999), ARRAY[10]) || ARRAY['end']",
                "(SELECT array_agg(md5(n::text)) FROM generate_series(1, 2000) n)",
                "array_fill('same'::text, ARRAY[250000])")) {
            add(
                    "too many labels " + labels.substring(0, Math.min(40, labels.length())),
                    FEEDBACK,
                    "labels_too_long",
                    "id, labels",
                    id() + ", " + labels);
        }
    }

    private void rubrics() {
        for (String rubric : List.of(
                "NULL",
                "'null'",
                "'{}'",
                "'{\"clarity\": null, \"tone\": -0}'",
                "'{\"clarity\": 1e99, \"tone\": 1e-100, \"accuracy\": 0.125}'",
                "'{\"Clarity\": [1], \"clarity \": \"x\", \"clar\\u0069ty\": 4}'",
                "('{\"deep\": ' || repeat('[', 1500) || repeat(']', 1500) || ', \"tone\": 2}')::jsonb",
                "('{\"digits\": 1' || repeat('0', 100000) || ', \"tone\": 3}')::jsonb",
                "('{\"' || repeat('n', 200000) || '\": 1, \"tone\": 4}')::jsonb",
                "(SELECT jsonb_object_agg('k' || n, n) FROM generate_series(1, 30000) n)")) {
            add(
                    "rubric " + rubric.substring(0, Math.min(24, rubric.length())),
                    FEEDBACK,
                    null,
                    "id, rubric, annotator",
                    id() + ", " + rubric + ", 'r'");
        }
        rubric("'[1, 2]'", "rubric_not_an_object");
        rubric("'\"good\"'", "rubric_not_an_object");
        rubric("'4'", "rubric_not_an_object");
        rubric("'false'", "rubric_not_an_object");
        rubric("'{\"tone\": \"5\"}'", "rubric_not_a_number");
        rubric("'{\"tone\": {\"a\": 5}}'", "rubric_not_a_number");
        rubric("'{\"clarity\": true}'", "rubric_not_a_number");
        rubric("'{\"accuracy\": 1e100}'", "rubric_number_out_of_range");
        rubric("'{\"accuracy\": -1e131071}'", "rubric_number_out_of_range");
        rubric("'{\"accuracy\": 1e-16000}'", "rubric_number_out_of_range");
        rubric("jsonb_build_object('tone', 3, 'text', repeat('t', 1000000))", "rubric_too_long");
    }

    private void rubric(String value, String reason) {
        add("rubric " + value, FEEDBACK, reason, "id, rubric", id() + ", " + value);
    }
}
