package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.TableName;
import java.sql.SQLException;
import java.util.List;

/** The one row that moves time: without it the job would run and time would stand still. */
record HeartbeatChecks(Catalog catalog, TableName table) {

    List<Finding> findings() throws SQLException {
        boolean readable = !catalog.rows(
                        "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?"
                                // A view would run functions of its maker's.
                                + " AND c.relname = ? AND c.relkind = 'r' AND has_schema_privilege(n.oid, 'USAGE')"
                                + " AND has_table_privilege(c.oid, 'SELECT')",
                        table.schema(),
                        table.table())
                .isEmpty();
        // What keeps it from being read is said with the tables.
        if (readable
                && catalog.rows("SELECT FROM " + table.quoted() + " WHERE id = 1")
                        .isEmpty()) {
            return List.of(Finding.error(
                    table.toString(),
                    "The row of " + table + " that moves time is gone.",
                    "INSERT INTO " + table + " (id) VALUES (1)"));
        }
        return List.of();
    }
}
