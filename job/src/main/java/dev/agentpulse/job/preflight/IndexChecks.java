package dev.agentpulse.job.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a start finds the few rows that still matter in a large table without reading all of it, and history finds those
 * of a day.
 *
 * @param largeRows from how many rows on a table is large
 */
record IndexChecks(Catalog catalog, CapturedTable table, long largeRows) {

    static final long LARGE_ROWS = 100_000;

    /** Where rows lie: the table, or its partitions. A table that was never analyzed is guessed by its size. */
    private static final String PARTS = """
            WITH parts AS (
                SELECT c.oid, c.relname, CASE WHEN c.reltuples < 0 THEN pg_relation_size(c.oid) / 200.0
                                              ELSE c.reltuples END AS row_count
                  FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace
                  CROSS JOIN LATERAL (SELECT r.oid UNION SELECT relid FROM pg_partition_tree(r.oid)) t (oid)
                  JOIN pg_class c ON c.oid = t.oid AND c.relkind = 'r'
                 WHERE n.nspname = ? AND r.relname = ?
            ), indexed AS (
                SELECT i.indrelid, a.attname, i.indpred IS NULL AS whole, am.amname = 'btree' AS sorted,
                       coalesce(pg_get_expr(i.indpred, i.indrelid), '') LIKE '%status%pending%' AS pending
                  FROM pg_index i
                  JOIN pg_class ic ON ic.oid = i.indexrelid
                  JOIN pg_am am ON am.oid = ic.relam AND am.amname IN ('btree', 'brin')
                  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                 WHERE i.indisvalid
            )
            """;

    List<Finding> findings() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        long rows = rowCount();
        if (rows < largeRows) {
            return findings;
        }
        for (String column : table.searchedColumns()) {
            if (lacks("l.whole AND l.attname = '" + column + "'")) {
                findings.add(warning(rows, column, create() + " (" + column + ")"));
            } else if (lacks(sortedBy(column))) {
                findings.add(missingForHistory(rows, column));
            }
        }
        String pending = table.searchesPending() ? PendingStatus.condition(catalog, table.name()) : null;
        if (pending != null && lacks("l.pending OR l.whole AND l.attname = 'status'")) {
            findings.add(warning(rows, "status", create() + " (created_at) WHERE " + pending));
        }
        return findings;
    }

    /**
     * Whether the rows of a day cannot be found in their order without reading and sorting all others.
     *
     * @return what is lacking; null if nothing is
     */
    @Nullable
    Finding missingForHistory() throws SQLException {
        long rows = rowCount();
        for (String column : table.searchedColumns()) {
            if (rows >= largeRows && lacks(sortedBy(column))) {
                return missingForHistory(rows, column);
            }
        }
        return null;
    }

    private Finding missingForHistory(long rows, String column) throws SQLException {
        return Finding.warning(
                table.name().toString(),
                "History of the time before the first start is not read of the about " + rows + " rows of "
                        + table.name() + ", for no btree index begins with " + column + ".",
                create() + " (" + column + ")");
    }

    private static String sortedBy(String column) {
        return "l.whole AND l.sorted AND l.attname = '" + column + "'";
    }

    /**
     * Whether rows of a span of time are found in time, of queries also those of one agent.
     *
     * @return the sentence why not; null if they are
     */
    @Nullable
    String notSearchable() throws SQLException {
        long rows = rowCount();
        boolean byAgent = table.columnNames().contains("agent");
        if (rows < largeRows
                || !lacks("l.whole AND (l.attname = 'created_at'" + (byAgent ? " OR l.attname = 'agent'" : "") + ")")) {
            return null;
        }
        return table.name() + " has about " + rows + " rows and no index on created_at. Mend it: " + create()
                + " (created_at)";
    }

    private long rowCount() throws SQLException {
        return Long.parseLong(ask("SELECT coalesce(sum(row_count), 0)::bigint AS answer FROM parts"));
    }

    private boolean lacks(String fitting) throws SQLException {
        return ask("SELECT count(*) AS answer FROM parts p WHERE NOT EXISTS"
                        + " (SELECT FROM indexed l WHERE l.indrelid = p.oid AND (" + fitting + "))")
                .matches("[1-9].*");
    }

    private String ask(String question) throws SQLException {
        return catalog.row(PARTS + question, table.name().schema(), table.name().table())
                .get("answer");
    }

    /** A partitioned table's index cannot be made beside its writers. */
    private String create() throws SQLException {
        boolean partitioned = !catalog.rows(
                        "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " WHERE c.relkind = 'p' AND n.nspname = ? AND c.relname = ?",
                        table.name().schema(),
                        table.name().table())
                .isEmpty();
        return "CREATE INDEX " + (partitioned ? "" : "CONCURRENTLY ") + "ON " + table.name();
    }

    private Finding warning(long rows, String column, String fix) {
        return Finding.warning(
                table.name().toString(),
                "A start reads all of the about " + rows + " rows of " + table.name()
                        + ", and history of the time before is not read of them"
                        + (column.equals("created_at") ? " nor are figures proven by them" : "")
                        + ", for no index leads to the few that matter by " + column + ".",
                fix);
    }
}
