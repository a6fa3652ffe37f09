package dev.agentpulse.local.stack.report;

import dev.agentpulse.job.config.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A query of {@code sql/report}: its first line is the title, the second one says how to read it.
 *
 * @param name of the file, and of the CSV file
 * @param sql ready to run
 */
record ReportSection(String name, String title, String note, String sql) {

    /** In the order of the report. */
    private static final List<String> NAMES = List.of(
            "summary",
            "decisions",
            "deciders",
            "sla_breaches",
            "reversals",
            "contradictions",
            "unsafe_answers",
            "reviews",
            "retention",
            "access",
            "audit");

    private static final String COMMENT = "-- ";

    /** The sections about a month in UTC. */
    static List<ReportSection> of(YearMonth month, ReportSources sources, Duration agreedTime) {
        Map<String, String> values = Map.of(
                "from", timestamp(month),
                "to", timestamp(month.plusMonths(1)),
                "sla", "make_interval(secs => " + agreedTime.toMillis() / 1000.0 + ")",
                "queries", sources.queries().quoted(),
                "approvals", sources.approvals().quoted(),
                "feedback", sources.feedback().quoted(),
                "queries_name", literal(sources.queries()),
                "approvals_name", literal(sources.approvals()),
                "feedback_name", literal(sources.feedback()),
                "sources", tables(sources));
        return NAMES.stream().map(name -> read(name, values)).toList();
    }

    private static ReportSection read(String name, Map<String, String> values) {
        String[] lines = text(name).split("\n", 3);
        String sql = lines[2];
        for (Map.Entry<String, String> value : values.entrySet()) {
            sql = sql.replace("${" + value.getKey() + "}", value.getValue());
        }
        return new ReportSection(name, lines[0].substring(COMMENT.length()), lines[1].substring(COMMENT.length()), sql);
    }

    private static String text(String name) {
        String resource = "/sql/report/" + name + ".sql";
        try (InputStream in = ReportSection.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String timestamp(YearMonth month) {
        return "timestamptz '" + month.atDay(1) + " 00:00:00+00'";
    }

    private static String literal(TableName name) {
        return literal(name.toString());
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The source tables as Postgres numbers them. */
    private static String tables(ReportSources sources) {
        return sources.all().stream()
                .map(table -> literal(table.quoted()))
                .collect(Collectors.joining(", ", "ARRAY[", "]::regclass[]"));
    }
}
