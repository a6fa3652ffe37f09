package dev.agentpulse.job.audit;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.SourceTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** The files of {@code sql/oracle}, over the tables that this job reads. */
public final class OracleSql {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS+00").withZone(ZoneOffset.UTC);

    /** What keeps the planner from going through rows in another way than they are written. */
    private static final String ROW_BY_ROW = " OFFSET 0";

    private final SourceConfig source;

    public OracleSql(SourceConfig source) {
        this.source = source;
    }

    /** The whole oracle of a table: a query without a semicolon. */
    public String of(AuditedTable table) {
        return over(table, source.table(table.source()).toString());
    }

    /** The oracle of a history table over those source rows alone that can be in the buckets of a unit. */
    String of(AuditUnit unit) {
        String table = source.table(unit.table().source()).quoted();
        String from = time(unit.fromMicros());
        String until = time(unit.untilMicros());
        String inSpan =
                switch (unit.table().source()) {
                    case QUERIES ->
                        "agent = " + text(String.valueOf(unit.subject())) + " AND " + span("created_at", from, until);
                    // By the time it was requested, and by that of its decision.
                    case APPROVALS ->
                        "(" + span("created_at", from, until) + " OR " + span("updated_at", from, until) + ")";
                    case FEEDBACK -> span("created_at", from, until);
                };
        return over(
                unit.table(),
                "(SELECT * FROM " + table + " WHERE " + inSpan + ") AS "
                        + unit.table().source().label());
    }

    /**
     * The oracle of a table over those source rows alone that can be in the windows of subjects, for all of them at once: they
     * are read once and joined, whatever the planner believes that they are.
     */
    String of(Subjects subjects) {
        SourceTable table = subjects.table().source();
        String windows = " FROM agentpulse." + subjects.table().windows() + " WHERE " + subjects.where() + ")";
        String query = over(subjects.table(), "(SELECT * FROM @) AS " + table.label());
        if (!query.contains(ROW_BY_ROW)) {
            throw new IllegalStateException("the oracle of " + subjects.table().table() + " does not say" + ROW_BY_ROW);
        }
        return query.replace(ROW_BY_ROW, "")
                .replace(
                        "(SELECT * FROM @)",
                        "(SELECT * FROM " + source.table(table).quoted() + " WHERE " + subjects.where()
                                + " AND created_at > (SELECT min(window_start)" + windows
                                + " AND created_at <= (SELECT max(window_end)" + windows + ROW_BY_ROW + ")");
    }

    private static String span(String column, String from, String until) {
        return column + " >= " + from + " AND " + column + " < " + until;
    }

    private static String over(AuditedTable table, String relation) {
        String shipped = "FROM public." + table.source().label();
        String query = read("oracle/" + table.table());
        if (!query.contains(shipped)) {
            throw new IllegalStateException("the oracle of " + table.table() + " does not read " + shipped);
        }
        return query.replace(shipped, "FROM " + relation);
    }

    /** A file of {@code sql}, by its path there without the ending. */
    static String read(String name) {
        String path = "/sql/" + name + ".sql";
        try (InputStream file = OracleSql.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException("the job was packaged without " + path);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    /** A literal; sessions of the job have standard_conforming_strings on. */
    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** A literal that fits columns with and without a zone: the latter hold UTC. */
    static String time(long micros) {
        return "'" + TIME.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS)) + "'";
    }
}
