package dev.agentpulse.job.preflight;

import java.sql.SQLException;
import java.util.List;

/** Whether the user may read a change stream. */
record RoleChecks(Catalog catalog) {

    List<Finding> findings() throws SQLException {
        // The attribute is not inherited from another role. Amazon RDS gives the right by a role of its own instead.
        boolean replicates = catalog.row("""
                        SELECT r.rolreplication OR r.rolsuper
                               OR coalesce(pg_has_role(to_regrole('rds_replication'), 'USAGE'), false) AS replicates
                          FROM pg_roles r WHERE r.rolname = current_user""").is("replicates");
        String user = catalog.user();
        if (!replicates) {
            return List.of(Finding.error(
                    "replication",
                    "User " + user + " may not open a replication connection.",
                    "ALTER ROLE " + user + " REPLICATION; -- on Amazon RDS: GRANT rds_replication TO " + user));
        }
        return List.of(Finding.ok("replication", "User " + user + " may open a replication connection."));
    }
}
