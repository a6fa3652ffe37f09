package dev.agentpulse.job.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One table that is read: that it is there, readable in full, and that its changes come as they are needed. */
record TableChecks(Catalog catalog, CapturedTable table) {

    /** The catalog's rows of the table and its schema, without needing a right to either. */
    private static final String FIND = """
            SELECT c.oid, c.relkind, c.relpersistence, has_schema_privilege(n.oid, 'USAGE') AS usage,
                   quote_ident(n.nspname) AS schema, has_table_privilege(c.oid, 'SELECT') AS readable,
                   row_security_active(c.oid) AS filtered,
                   (SELECT format('%I.%I', rn.nspname, r.relname)
                      FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
                     WHERE c.relispartition AND r.oid = pg_partition_root(c.oid)) AS root
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ? AND c.relname = ?""";

    /** The columns of the primary key, or null, and whether some unique index makes an id belong to one row. */
    private static final String KEY = """
            WITH unique_index AS (
                SELECT i.indisprimary,
                       (SELECT array_agg(a.attname::text ORDER BY k.place)
                          FROM unnest((string_to_array(i.indkey::text, ' ')::int2[])[1:i.indnkeyatts])
                               WITH ORDINALITY AS k (attnum, place)
                          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) AS columns
                  FROM pg_index i
                 WHERE i.indrelid = ?::oid AND i.indisunique AND i.indisvalid
                   AND i.indpred IS NULL AND i.indexprs IS NULL
            ), partition_key AS (
                SELECT EXISTS (SELECT FROM pg_partitioned_table p
                                 JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attname = 'created_at'
                                WHERE p.partrelid = ?::oid AND a.attnum = ANY (p.partattrs::int2[])) AS has_created_at
            )
            SELECT EXISTS (SELECT FROM unique_index, partition_key
                            WHERE 'id' = ANY (columns)
                              AND columns <@ (ARRAY['id'] || CASE WHEN has_created_at THEN ARRAY['created_at'] ELSE '{}' END)
                   ) AS identifies,
                   (SELECT string_agg(quote_ident(c), ', ' ORDER BY place)
                      FROM unique_index, unnest(columns) WITH ORDINALITY AS u (c, place)
                     WHERE indisprimary) AS primary_key
            """;

    List<Finding> findings() throws SQLException {
        List<Catalog.Row> found =
                catalog.rows(FIND, table.name().schema(), table.name().table());
        if (found.isEmpty()) {
            return List.of(missing());
        }
        Catalog.Row row = found.get(0);
        if (!row.get("relkind").matches("[rp]")) {
            return List.of(error(
                    table.name() + " is not a table, and only tables have a change stream.",
                    "Name the table behind it."));
        }
        String root = row.get("root", "");
        if (!root.isEmpty()) {
            return List.of(error(
                    table.name() + " is a partition of " + root + ", and its changes come under that name.",
                    table.naming(root)));
        }
        List<Finding> findings = new ArrayList<>();
        if (!row.get("relpersistence").equals("p")) {
            findings.add(error(
                    table.name() + " is unlogged, and what is not in the log has no change stream.",
                    "ALTER TABLE " + table.name() + " SET LOGGED"));
        }
        rights(findings, row);
        key(findings, row.get("oid"));
        children(findings, row.get("oid"));
        findings.addAll(new PartitionChecks(catalog, table).findings(row.get("oid")));
        findings.addAll(new ColumnChecks(catalog, table).findings(row.get("oid")));
        if (findings.isEmpty()) {
            findings.add(Finding.ok(table.name().toString(), "The table is there, readable and complete."));
        }
        return findings;
    }

    /** A name that differs by case only, or by its schema, is what was meant more often than not. */
    private Finding missing() throws SQLException {
        List<Catalog.Row> near = catalog.rows(
                """
                SELECT format('%I.%I', n.nspname, c.relname) AS name
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                   AND lower(c.relname) = lower(?)
                 ORDER BY lower(n.nspname) = lower(?) DESC, c.relname = ? DESC, name LIMIT 1""", table.name().table(), table.name().schema(), table.name().table());
        String message = "The table " + table.name() + " does not exist in this database";
        if (near.isEmpty()) {
            return error(message + ".", "./agentpulse migrate, or name the right table");
        }
        return error(
                message + ", but " + near.get(0).get("name") + " does.",
                table.naming(near.get(0).get("name")));
    }

    private void rights(List<Finding> findings, Catalog.Row row) throws SQLException {
        String user = catalog.user();
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
        // Row level security filters the snapshot but not the stream: changes of rows that were never seen.
        if (row.is("filtered")) {
            findings.add(error(
                    "Row level security hides rows of " + table.name() + " from user " + user
                            + " in the snapshot, but not in the stream.",
                    "ALTER ROLE " + user + " BYPASSRLS"));
        }
    }

    private void key(List<Finding> findings, String oid) throws SQLException {
        Catalog.Row key = catalog.row(KEY, oid, oid);
        if (key.is("identifies")) {
            return;
        }
        String primaryKey = key.get("primary_key", "");
        if (primaryKey.isEmpty()) {
            findings.add(error(
                    table.name() + " has no key that says which row is which.",
                    "ALTER TABLE " + table.name() + " ADD PRIMARY KEY (id)"));
        } else {
            findings.add(error(
                    "The key of " + table.name() + " is (" + primaryKey
                            + "), but id has to be unique by itself: rows with one id would be taken for one row.",
                    "CREATE UNIQUE INDEX ON " + table.name()
                            + " (id); -- after giving rows with one id ids of their own"));
        }
    }

    private void children(List<Finding> findings, String oid) throws SQLException {
        for (Catalog.Row child : catalog.rows("""
                SELECT format('%I.%I', n.nspname, c.relname) AS name
                  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE i.inhparent = ?::oid AND NOT c.relispartition
                 ORDER BY name""", oid)) {
            findings.add(error(
                    child.get("name") + " inherits from " + table.name()
                            + ": its rows belong to both, but its changes come under its own name only.",
                    "ALTER TABLE " + child.get("name") + " NO INHERIT " + table.name()));
        }
    }

    private Finding error(String message, String fix) {
        return Finding.error(table.name().toString(), message, fix);
    }
}
