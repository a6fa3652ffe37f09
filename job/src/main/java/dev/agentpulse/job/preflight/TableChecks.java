package dev.agentpulse.job.preflight;

import dev.agentpulse.job.preflight.SourceTable.Column;
import dev.agentpulse.job.preflight.SourceTable.ColumnType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One table that is read: that it is there, readable in full, and shaped as expected. */
record TableChecks(Catalog catalog, SourceTable table) {

    /** The table by its name as SQL reads it, without needing a right to its schema. */
    private static final String TABLE = """
            pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN parse_ident(?) AS named (part) ON n.nspname = part[1] AND c.relname = part[2]
            """;

    List<Finding> findings() throws SQLException {
        List<Catalog.Row> found = catalog.rows(
                "SELECT c.relkind, has_schema_privilege(n.oid, 'USAGE') AS usage, quote_ident(n.nspname) AS schema,"
                        + " has_table_privilege(c.oid, 'SELECT') AS readable,"
                        + " EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p') AS has_key"
                        + " FROM " + TABLE,
                table.name());
        if (found.isEmpty()) {
            return List.of(error(
                    "The table " + table.name() + " does not exist in this database.",
                    "./agentpulse migrate, or name the right table"));
        }
        Catalog.Row row = found.get(0);
        if (!row.get("relkind").matches("[rp]")) {
            return List.of(error(
                    table.name() + " is not a table, and only tables have a change stream.",
                    "Name the table behind it."));
        }
        String user = catalog.user();
        List<Finding> findings = new ArrayList<>();
        if (!row.is("usage")) {
            findings.add(error(
                    "User " + user + " may not look into schema " + row.get("schema") + ".",
                    "GRANT USAGE ON SCHEMA " + row.get("schema") + " TO " + user));
        }
        if (!row.is("readable")) {
            findings.add(error(
                    "User " + user + " may not read " + table.name() + ".",
                    "GRANT SELECT ON " + table.name() + " TO " + user));
        }
        if (!row.is("has_key")) {
            findings.add(error(
                    table.name() + " has no primary key, by which the initial snapshot is read in parts.",
                    "ALTER TABLE " + table.name() + " ADD PRIMARY KEY (id)"));
        }
        rowLevelSecurity(findings, user);
        replicaIdentity(findings);
        columns(findings);
        if (findings.isEmpty()) {
            findings.add(Finding.ok(table.name(), "The table is there, readable and complete."));
        }
        return findings;
    }

    /** Row level security filters the initial snapshot but not the stream: changes of rows that were never seen. */
    private void rowLevelSecurity(List<Finding> findings, String user) throws SQLException {
        if (catalog.row("SELECT row_security_active(c.oid) AS active FROM " + TABLE, table.name())
                .is("active")) {
            findings.add(error(
                    "Row level security hides rows of " + table.name() + " from user " + user
                            + " in the snapshot, but not in the stream.",
                    "ALTER ROLE " + user + " BYPASSRLS"));
        }
    }

    private void replicaIdentity(List<Finding> findings) throws SQLException {
        for (Catalog.Row part : catalog.rows("""
                WITH root AS (SELECT c.oid FROM %s)
                SELECT format('%%I.%%I', n.nspname, c.relname) AS name
                  FROM (SELECT oid FROM root UNION SELECT relid FROM root, pg_partition_tree(root.oid)) t (oid)
                  JOIN pg_class c ON c.oid = t.oid
                  JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relreplident <> 'f'
                 ORDER BY name""".formatted(TABLE), table.name())) {
            findings.add(error(
                    "An update or delete of " + part.get("name") + " does not say what the row was before.",
                    "ALTER TABLE " + part.get("name") + " REPLICA IDENTITY FULL"));
        }
    }

    private void columns(List<Finding> findings) throws SQLException {
        for (Column column : table.columns()) {
            ColumnType type = column.type();
            List<Catalog.Row> found = catalog.rows(
                    "SELECT format_type(t.oid, NULL) AS type, (" + type.condition() + ") AS fits FROM " + TABLE
                            + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ? AND NOT a.attisdropped"
                            + " JOIN pg_type t ON t.oid = a.atttypid",
                    table.name(),
                    column.name());
            if (found.isEmpty()) {
                findings.add(error(
                        table.name() + " has no column " + column.name() + ".",
                        "ALTER TABLE " + table.name() + " ADD COLUMN " + column.name() + " " + type.sqlName()));
            } else if (!found.get(0).is("fits")) {
                findings.add(error(
                        table.name() + "." + column.name() + " is of type "
                                + found.get(0).get("type") + ", but must be " + type.expectation() + ".",
                        "ALTER TABLE " + table.name() + " ALTER COLUMN " + column.name() + " TYPE " + type.sqlName()));
            }
        }
    }

    private Finding error(String message, String fix) {
        return Finding.error(table.name(), message, fix);
    }
}
