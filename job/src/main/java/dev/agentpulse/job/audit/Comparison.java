package dev.agentpulse.job.audit;

import dev.agentpulse.job.config.AlertConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares the rows of a unit with the oracle by one statement, so that both are of one moment. */
final class Comparison {

    private final Connection connection;
    private final AlertConfig alerts;
    private final OracleSql oracle;
    private final Map<AuditedTable, List<String>> columns = new EnumMap<>(AuditedTable.class);

    /**
     * A row that is not as it should be.
     *
     * @param subject the first of its key
     * @param key its key, a JSON object
     * @param version of the result row, another one whenever it is written; null where there is none
     * @param is the figures that differ, a JSON object
     * @param shouldBe what the oracle has for them
     * @param purged whether source rows of it were purged, so that the oracle cannot know
     */
    record Difference(
            String subject, String key, @Nullable String version, String is, String shouldBe, boolean purged) {}

    /**
     * What was seen.
     *
     * @param figures that were compared, by subject
     * @param ofOracle rows that the oracle has
     * @param differences by key
     */
    record Picture(Map<String, Long> figures, int ofOracle, Map<String, Difference> differences) {

        long allFigures() {
            return figures.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    Comparison(Connection connection, AlertConfig alerts, OracleSql oracle) {
        this.connection = connection;
        this.alerts = alerts;
        this.oracle = oracle;
    }

    /** Compares within the transaction that is open. */
    Picture compare(AuditUnit unit) throws SQLException {
        AuditedTable table = unit.table();
        return compare(table, rows(unit), table.isHistory() ? oracle.of(unit) : oracle.of(table), inUnit(unit, ""));
    }

    /** Compares all rows of subjects within the transaction that is open. */
    Picture compare(Subjects subjects) throws SQLException {
        AuditedTable table = subjects.table();
        return compare(
                table,
                " FROM agentpulse." + table.table() + " AS h WHERE " + subjects.where(),
                oracle.of(subjects),
                subjects.where());
    }

    private Picture compare(AuditedTable table, String rowsOfResult, String oracleSql, String where)
            throws SQLException {
        List<String> compared = columns(table);
        Map<String, Difference> differences = new HashMap<>();
        Map<String, Long> figures = new HashMap<>();
        int ofOracle = 0;
        try (Statement statement = statement();
                ResultSet row = statement.executeQuery(sql(table, compared, rowsOfResult, oracleSql, where))) {
            while (row.next()) {
                String subject = row.getString("subject");
                figures.merge(subject, (long) compared.size(), Long::sum);
                ofOracle += row.getBoolean("expected") ? 1 : 0;
                String is = row.getString("is_figures");
                if (is != null) {
                    String key = row.getString("row_key");
                    differences.put(
                            key,
                            new Difference(
                                    subject,
                                    key,
                                    row.getString("version"),
                                    is,
                                    row.getString("should_be"),
                                    row.getBoolean("purged")));
                }
            }
        }
        return new Picture(figures, ofOracle, differences);
    }

    private Statement statement() throws SQLException {
        Statement statement = connection.createStatement();
        // Texts of users are literals here, and braces in them are theirs.
        statement.setEscapeProcessing(false);
        return statement;
    }

    /** The oracle's columns but for the key, and for those that cannot be compared. */
    private List<String> columns(AuditedTable table) throws SQLException {
        List<String> known = columns.get(table);
        if (known != null) {
            return known;
        }
        List<String> found = new ArrayList<>();
        Set<String> incomparable = table.incomparable(alerts);
        try (Statement statement = statement();
                ResultSet none = statement.executeQuery("SELECT * FROM (" + oracle.of(table) + ") AS o LIMIT 0")) {
            for (int column = 1; column <= none.getMetaData().getColumnCount(); column++) {
                String name = none.getMetaData().getColumnName(column);
                if (!table.key().contains(name) && !incomparable.contains(name)) {
                    found.add(name);
                }
            }
        }
        columns.put(table, found);
        return found;
    }

    private static String sql(
            AuditedTable table, List<String> compared, String rowsOfResult, String oracleSql, String where) {
        String key = String.join(", ", table.key());
        StringBuilder figures = new StringBuilder(key.replaceAll("(\\w+)", "h.$1"));
        StringBuilder pairs = new StringBuilder();
        StringBuilder keyPairs = new StringBuilder();
        for (String column : table.key()) {
            keyPairs.append(keyPairs.length() == 0 ? "" : ", ")
                    .append("'")
                    .append(column)
                    .append("', ")
                    .append(column);
        }
        for (String column : compared) {
            figures.append(", ")
                    .append(AuditedTable.ofResult(column))
                    .append(" AS ")
                    .append(column);
            pairs.append(pairs.length() == 0 ? "" : ", ").append(pair(table, column));
        }
        if (table.isHistory()) {
            pairs.append(", ('final', to_jsonb(r.version IS NOT NULL AND r.final), 'true'::jsonb,"
                    + " r.version IS NOT NULL AND NOT r.final)");
        }
        return """
            WITH result AS MATERIALIZED (%1$s),
                 oracle AS MATERIALIZED (SELECT * FROM (%2$s) AS answer WHERE %3$s)
            SELECT %7$s AS subject, jsonb_build_object(%4$s) AS row_key, r.version, coalesce(r.purged, false) AS purged,
                   o.found IS NOT NULL AS expected, d.is_figures, d.should_be
            FROM result AS r
            FULL JOIN (SELECT true AS found, * FROM oracle) AS o USING (%5$s)
            CROSS JOIN LATERAL (
                SELECT jsonb_object_agg(name, is_figure) AS is_figures, jsonb_object_agg(name, should_be) AS should_be
                FROM (VALUES %6$s) AS c (name, is_figure, should_be, wrong) WHERE wrong) AS d
            """.formatted(
                        "SELECT " + shown(table) + figures + rowsOfResult,
                        oracleSql,
                        where,
                        keyPairs,
                        key,
                        pairs,
                        table.key().get(0));
    }

    private static String shown(AuditedTable table) {
        return "h.ctid::text || '/' || h.xmin::text AS version, "
                + (table.isHistory() ? "h.purged_rows > 0 AS purged, h.final, " : "false AS purged, ");
    }

    private static String rows(AuditUnit unit) {
        String from = " FROM agentpulse." + unit.table().table() + " AS h";
        if (!unit.table().isHistory()) {
            return from + " WHERE " + inUnit(unit, "h.");
        }
        return from
                + " JOIN agentpulse.history_reach AS reach ON reach.history_table = '"
                + unit.table().table() + "' AND reach.bucket = h.bucket"
                + " WHERE " + inUnit(unit, "h.") + " AND h.zone = 'UTC' AND h.bucket_start >= reach.complete_from"
                + " AND h.bucket_start IS DISTINCT FROM reach.incomplete_start"
                + " AND h.bucket_end <= (SELECT min(as_of) FROM agentpulse.pipeline_status)"
                + " AND " + unit.table().notEmpty();
    }

    private static String inUnit(AuditUnit unit, String prefix) {
        String subject = unit.subject();
        String where = subject == null ? "true" : prefix + unit.table().key().get(0) + " = " + OracleSql.text(subject);
        if (unit.table().isHistory()) {
            where += " AND " + prefix + "bucket IN ('" + String.join("', '", unit.buckets()) + "') AND " + prefix
                    + "bucket_start >= " + OracleSql.time(unit.fromMicros()) + " AND " + prefix + "bucket_start < "
                    + OracleSql.time(unit.untilMicros());
        }
        return where;
    }

    private static String pair(AuditedTable table, String column) {
        String is = "r." + column;
        String should = "o." + column;
        String wrong = is + " IS DISTINCT FROM " + should;
        Integer exactUpTo = table.inexactAbove().get(column);
        if (exactUpTo != null) {
            // In hundredths, as both are rounded to.
            wrong += " AND (" + should + " > " + exactUpTo + " AND " + is + " BETWEEN " + should + " AND round("
                    + should + " * 1.01, 2) + 0.01) IS NOT TRUE";
        }
        boolean hidden = AuditedTable.isHidden(column);
        return "('" + column + "', " + (hidden ? "'\"not shown\"'::jsonb" : "to_jsonb(" + is + ")") + ", "
                + (hidden ? "'\"not shown\"'::jsonb" : "to_jsonb(" + should + ")") + ", " + wrong + ")";
    }
}
