package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mends what is ours to mend of the things that preflight looks for. */
final class SourceRepair {

    private static final Logger LOG = LoggerFactory.getLogger(SourceRepair.class);

    /** Whoever waits for a partition's lock holds up its writers, so rather try again later. */
    private static final String LOCK_WAIT = "500ms";

    private SourceRepair() {}

    /**
     * Puts the heartbeat's row back, and gives partitions that belong to the capture user their replica identity.
     *
     * @return a sentence for each thing that was mended; what could not be mended is left to the checks
     */
    static List<String> mend(Connection capture, Connection writer, SourceConfig source) throws SQLException {
        Catalog catalog = new Catalog(capture);
        List<String> mended = new ArrayList<>();
        heartbeat(catalog, writer, source.heartbeatTable(), mended);
        for (CapturedTable table : CapturedTable.of(source)) {
            partitions(catalog, capture, table.name(), mended);
        }
        return mended;
    }

    private static void heartbeat(Catalog catalog, Connection writer, TableName table, List<String> mended)
            throws SQLException {
        if (!new HeartbeatChecks(catalog, table).findings().isEmpty()
                && attempt(writer, "INSERT INTO " + table.quoted() + " (id) VALUES (1) ON CONFLICT DO NOTHING")) {
            mended.add("The row of " + table + " that moves time was gone and was put back.");
        }
    }

    private static void partitions(Catalog catalog, Connection capture, TableName table, List<String> mended)
            throws SQLException {
        for (Catalog.Row part : catalog.rows("""
                SELECT format('%I.%I', pn.nspname, p.relname) AS name
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  CROSS JOIN pg_partition_tree(c.oid) t
                  JOIN pg_class p ON p.oid = t.relid AND p.oid <> c.oid AND p.relkind IN ('r', 'p')
                  JOIN pg_namespace pn ON pn.oid = p.relnamespace
                 WHERE n.nspname = ? AND c.relname = ? AND p.relreplident <> 'f'
                   AND pg_has_role(p.relowner, 'USAGE')""", table.schema(), table.table())) {
            String name = part.get("name");
            if (attempt(capture, "ALTER TABLE " + name + " REPLICA IDENTITY FULL")) {
                mended.add("The partition " + name + " had no REPLICA IDENTITY FULL and has it now: updates and deletes"
                        + " of its rows until then did not say what the row was.");
            }
        }
    }

    private static boolean attempt(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + LOCK_WAIT + "'");
            try {
                statement.execute(sql);
                return true;
            } catch (SQLException e) {
                LOG.debug("not mended now: {}", sql, e);
                return false;
            } finally {
                statement.execute("RESET lock_timeout");
            }
        }
    }
}
