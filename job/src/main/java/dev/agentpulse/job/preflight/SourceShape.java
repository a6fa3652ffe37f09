package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a change stream is read from, as it is at one moment: which publication, which tables, which partitions, which
 * types. The job keeps the one that it began with, so that a later one can be held against it, after a restart too.
 *
 * @param facts from what is looked at, such as {@code column public.agent_queries.latency_ms}, to what it is; plain texts,
 *     so that they can lie in any state
 */
public record SourceShape(Map<String, String> facts) implements Serializable {

    static final String PUBLICATION = "publication ";
    static final String TABLE = "table ";
    static final String COLUMN = "column ";
    static final String PARTITION = "partition ";

    /** Of a partition whose rows came or went with it: see {@link PartitionWatch}. */
    static final String PARTITION_ROWS = "rows of partition ";

    private static final String TABLE_FACTS = """
            WITH root AS (
                SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = ? AND c.relname = ?)
            SELECT 'table' AS kind, '' AS name, oid::text AS fact FROM root
            UNION ALL
            SELECT 'column', a.attname, format_type(a.atttypid, a.atttypmod)
              FROM root JOIN pg_attribute a ON a.attrelid = root.oid AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            -- An emptied or rewritten partition lies in another file.
            SELECT 'partition', format('%I.%I', n.nspname, c.relname), c.oid || '/' || pg_relation_filenode(c.oid)
              FROM root CROSS JOIN pg_partition_tree(root.oid) p
              JOIN pg_class c ON c.oid = p.relid AND p.isleaf AND c.oid <> root.oid AND c.relkind = 'r'
              JOIN pg_namespace n ON n.oid = c.relnamespace""";

    public SourceShape {
        facts = Map.copyOf(facts);
    }

    /** This shape with the partitions of a later one, and what that says of their rows. */
    public SourceShape withPartitionsOf(SourceShape later) {
        Map<String, String> merged = new TreeMap<>(facts);
        merged.keySet().removeIf(SourceShape::isOfPartition);
        later.facts.forEach((what, fact) -> {
            if (isOfPartition(what)) {
                merged.put(what, fact);
            }
        });
        return new SourceShape(merged);
    }

    private static boolean isOfPartition(String what) {
        return what.startsWith(PARTITION) || what.startsWith(PARTITION_ROWS);
    }

    SourceShape with(Map<String, String> more) {
        Map<String, String> merged = new TreeMap<>(facts);
        merged.putAll(more);
        return new SourceShape(merged);
    }

    /**
     * Reads the catalog.
     *
     * @param connection of any user, in auto-commit mode
     */
    public static SourceShape read(Connection connection, SourceConfig source) throws SQLException {
        Catalog catalog = new Catalog(connection);
        Map<String, String> facts = new TreeMap<>();
        for (Catalog.Row row :
                catalog.rows("SELECT oid FROM pg_publication WHERE pubname = ?", source.publicationName())) {
            facts.put(PUBLICATION + source.publicationName(), row.get("oid"));
        }
        for (CapturedTable table : CapturedTable.of(source)) {
            for (Catalog.Row row : catalog.rows(
                    TABLE_FACTS, table.name().schema(), table.name().table())) {
                String name = row.get("name");
                switch (row.get("kind")) {
                    case "table" -> facts.put(TABLE + table.name(), row.get("fact"));
                    case "partition" -> facts.put(PARTITION + name, row.get("fact", ""));
                    default -> {
                        if (table.columnNames().contains(name)) {
                            facts.put(COLUMN + table.name() + "." + name, row.get("fact"));
                        }
                    }
                }
            }
        }
        return new SourceShape(facts);
    }
}
