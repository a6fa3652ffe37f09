package dev.agentpulse.job.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A table and each of its partitions: that the log says what a row was before a change. */
record PartitionChecks(Catalog catalog, CapturedTable table) {

    /** A partition does not inherit the replica identity, and a new one starts without. */
    private static final String PARTS = """
            SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind, c.relreplident, c.relpersistence
              FROM (SELECT ?::oid UNION SELECT relid FROM pg_partition_tree(?::oid)) t (oid)
              JOIN pg_class c ON c.oid = t.oid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             ORDER BY name""";

    List<Finding> findings(String oid) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (Catalog.Row part : catalog.rows(PARTS, oid, oid)) {
            String name = part.get("name");
            if (part.get("relkind").equals("f")) {
                findings.add(error(
                        "Changes of " + name + ", a foreign table, are not in the log of this server.",
                        "ALTER TABLE " + table.name() + " DETACH PARTITION " + name));
            } else if (!part.get("relreplident").equals("f")) {
                findings.add(error(
                        "An update or delete of " + name + " does not say what the row was before.",
                        "ALTER TABLE " + name + " REPLICA IDENTITY FULL"));
            }
            if (part.get("relkind").equals("r") && part.get("relpersistence").equals("u") && isPartition(name)) {
                findings.add(error(
                        name + " is unlogged, and what is not in the log has no change stream.",
                        "ALTER TABLE " + name + " SET LOGGED"));
            }
        }
        return findings;
    }

    private boolean isPartition(String name) {
        return !name.equals(table.name().toString());
    }

    private Finding error(String message, String fix) {
        return Finding.error(table.name().toString(), message, fix);
    }
}
