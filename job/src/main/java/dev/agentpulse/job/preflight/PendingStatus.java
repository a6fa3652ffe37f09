package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to ask a table of approvals for what is pending. Not by the status as a text: an index on the column itself is to be
 * used, and of an enum that has none.
 */
public final class PendingStatus {

    /** Of a domain over a domain the type at the bottom counts. */
    private static final String ENUM = """
            WITH RECURSIVE down AS (
                SELECT t.oid, t.typtype, t.typbasetype
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'status' AND NOT a.attisdropped
                  JOIN pg_type t ON t.oid = a.atttypid
                 WHERE n.nspname = ? AND c.relname = ?
                UNION ALL
                SELECT t.oid, t.typtype, t.typbasetype FROM down d JOIN pg_type t ON t.oid = d.typbasetype
                 WHERE d.typtype = 'd')
            SELECT format('%I.%I', n.nspname, t.typname) AS name,
                   EXISTS (SELECT FROM pg_enum e WHERE e.enumtypid = t.oid AND e.enumlabel = 'pending') AS knows_it
              FROM down JOIN pg_type t ON t.oid = down.oid JOIN pg_namespace n ON n.oid = t.typnamespace
             WHERE down.typtype = 'e'
            """;

    private PendingStatus() {}

    /**
     * A condition on the column {@code status}.
     *
     * @return null if no row can be pending: the enum has no such label, and to compare with it would be an error
     */
    public static @Nullable String condition(Connection connection, TableName approvals) throws SQLException {
        return condition(new Catalog(connection), approvals);
    }

    static @Nullable String condition(Catalog catalog, TableName approvals) throws SQLException {
        List<Catalog.Row> found = catalog.rows(ENUM, approvals.schema(), approvals.table());
        if (found.isEmpty()) {
            return "status = 'pending'";
        }
        // A domain over an enum cannot be compared, unless it is taken for the enum.
        return found.get(0).is("knows_it") ? "status::" + found.get(0).get("name") + " = 'pending'" : null;
    }
}
