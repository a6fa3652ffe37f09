package dev.agentpulse.job.preflight;

import dev.agentpulse.job.preflight.CapturedTable.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The columns that are used: that they are there, and of types that can be read as what they stand for. */
record ColumnChecks(Catalog catalog, CapturedTable table) {

    /** From this version on a publication can carry the values of stored generated columns. */
    private static final int GENERATED_SINCE = 18_00_00;

    /** Of a domain over a domain the type at the bottom counts. */
    private static final String COLUMN = """
            SELECT format_type(a.atttypid, NULL) AS type, a.attgenerated <> '' AS generated,
                   a.attgenerated = 's' AS stored, b.oid = 'timestamp'::regtype AS zoneless, (%s) AS fits
              FROM pg_attribute a
              CROSS JOIN LATERAL (
                  WITH RECURSIVE down AS (
                      SELECT t.oid, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
                      UNION ALL
                      SELECT t.oid, t.typtype, t.typbasetype FROM down d JOIN pg_type t ON t.oid = d.typbasetype
                       WHERE d.typtype = 'd')
                  SELECT t.* FROM down d JOIN pg_type t ON t.oid = d.oid WHERE d.typtype <> 'd'
              ) b
             WHERE a.attrelid = ?::oid AND a.attname = ? AND NOT a.attisdropped""";

    List<Finding> findings(String oid) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (Column column : table.columns()) {
            List<Catalog.Row> found =
                    catalog.rows(COLUMN.formatted(column.type().condition()), oid, column.name());
            if (found.isEmpty()) {
                findings.add(error(
                        table.name() + " has no column " + column.name() + ".",
                        "ALTER TABLE " + table.name() + " ADD COLUMN " + column.name() + " "
                                + column.type().sqlName()));
            } else {
                look(findings, column, found.get(0));
            }
        }
        return findings;
    }

    private void look(List<Finding> findings, Column column, Catalog.Row found) throws SQLException {
        String name = table.name() + "." + column.name();
        String alter = "ALTER TABLE " + table.name() + " ALTER COLUMN " + column.name();
        if (!found.is("fits")) {
            findings.add(error(
                    name + " is of type " + found.get("type") + ", but must be "
                            + column.type().expectation() + ".",
                    alter + " TYPE " + column.type().sqlName() + " USING " + column.name() + "::"
                            + column.type().sqlName()));
        } else if (found.is("zoneless")) {
            findings.add(Finding.warning(
                    table.name().toString(),
                    name + " is a timestamp without time zone and is read as UTC.",
                    "Leave it, if it is UTC; else: " + alter + " TYPE timestamptz USING " + column.name()
                            + " AT TIME ZONE 'its zone'"));
        }
        // Before that version the values are in the snapshot, but not in the stream. Whether a publication carries them
        // is looked at with the publication.
        if (found.is("generated") && (!found.is("stored") || catalog.serverVersion() < GENERATED_SINCE)) {
            findings.add(error(
                    name + " is a generated column, whose values are not in the change stream.",
                    alter + " DROP EXPRESSION; -- and let the writers or a trigger fill it"));
        }
    }

    private Finding error(String message, String fix) {
        return Finding.error(table.name().toString(), message, fix);
    }
}
