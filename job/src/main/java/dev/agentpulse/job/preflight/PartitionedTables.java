package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;

/** Which of the source tables have partitions, whose changes come under the table's name. */
public final class PartitionedTables {

    private static final String FIND = "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'p'";

    private PartitionedTables() {}

    /**
     * Looks into the catalog.
     *
     * @param connection of any user, in auto-commit mode
     */
    public static Set<SourceTable> find(Connection connection, SourceConfig source) throws SQLException {
        Catalog catalog = new Catalog(connection);
        Set<SourceTable> partitioned = EnumSet.noneOf(SourceTable.class);
        for (SourceTable table : SourceTable.values()) {
            TableName name = source.table(table);
            if (!catalog.rows(FIND, name.schema(), name.table()).isEmpty()) {
                partitioned.add(table);
            }
        }
        return partitioned;
    }
}
