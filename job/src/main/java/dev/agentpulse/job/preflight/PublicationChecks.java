package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The publication: every table, every operation, every row and column that is used. */
record PublicationChecks(Catalog catalog, SourceConfig source) {

    /** From this version on a publication can leave out rows and columns. */
    private static final int FILTERS_SINCE = 15_00_00;

    List<Finding> findings() throws SQLException {
        String subject = "publication " + source.publicationName();
        String publication = catalog.row("SELECT quote_ident(?) AS name", source.publicationName())
                .get("name");
        List<Catalog.Row> found = catalog.rows(
                "SELECT puballtables, pubviaroot, pubinsert AND pubupdate AND pubdelete AND pubtruncate AS complete"
                        + " FROM pg_publication WHERE pubname = ?",
                source.publicationName());
        if (found.isEmpty()) {
            return List.of(Finding.error(
                    subject,
                    "The publication " + source.publicationName() + " does not exist.",
                    "CREATE PUBLICATION " + publication + " FOR TABLE " + CapturedTable.list(source)
                            + " WITH (publish_via_partition_root = true)"));
        }
        List<Finding> findings = new ArrayList<>();
        Catalog.Row row = found.get(0);
        if (!row.is("complete")) {
            findings.add(Finding.error(
                    subject,
                    "The publication leaves out some of insert, update, delete and truncate.",
                    "ALTER PUBLICATION " + publication + " SET (publish = 'insert, update, delete, truncate')"));
        }
        if (row.is("puballtables")) {
            findings.add(Finding.warning(
                    subject,
                    "The publication carries every table of the database, the result tables among them, and all of it"
                            + " is decoded for nothing.",
                    "DROP PUBLICATION " + publication + "; CREATE PUBLICATION " + publication + " FOR TABLE "
                            + CapturedTable.list(source)
                            + " WITH (publish_via_partition_root = true)"));
        }
        for (CapturedTable table : CapturedTable.of(source)) {
            table(findings, subject, publication, row, table);
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(subject, "The publication carries all that is read."));
        }
        return findings;
    }

    private void table(
            List<Finding> findings, String subject, String publication, Catalog.Row options, CapturedTable table)
            throws SQLException {
        if (!options.is("pubviaroot") && isPartitioned(table)) {
            findings.add(Finding.error(
                    subject,
                    "The publication names the partitions of " + table.name() + " and not the table.",
                    "ALTER PUBLICATION " + publication + " SET (publish_via_partition_root = true)"));
            return;
        }
        boolean filters = catalog.serverVersion() >= FILTERS_SINCE;
        List<Catalog.Row> found = catalog.rows(
                "SELECT " + (filters ? "rowfilter, array_to_string(attnames, ',') AS columns" : "NULL AS rowfilter")
                        + " FROM pg_publication_tables WHERE pubname = ? AND schemaname = ? AND tablename = ?",
                source.publicationName(),
                table.name().schema(),
                table.name().table());
        if (found.isEmpty()) {
            findings.add(Finding.error(
                    subject,
                    "The publication does not carry " + table.name() + ".",
                    "ALTER PUBLICATION " + publication + " ADD TABLE " + table.name()));
            return;
        }
        boolean allColumns =
                !filters || Set.of(found.get(0).get("columns").split(",", -1)).containsAll(table.columnNames());
        if (!found.get(0).get("rowfilter", "").isEmpty() || !allColumns) {
            findings.add(Finding.error(
                    subject,
                    "The publication leaves out rows or columns of " + table.name() + ".",
                    "ALTER PUBLICATION " + publication + " DROP TABLE " + table.name() + "; ALTER PUBLICATION "
                            + publication + " ADD TABLE " + table.name()));
        }
    }

    private boolean isPartitioned(CapturedTable table) throws SQLException {
        return !catalog.rows(
                        "SELECT FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid"
                                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?",
                        table.name().schema(),
                        table.name().table())
                .isEmpty();
    }
}
