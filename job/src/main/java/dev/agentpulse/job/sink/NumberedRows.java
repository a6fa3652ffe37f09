package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;

/** Source tables whose {@code id} is a number: it is one in messages too, so that they join with the rows. */
final class NumberedRows {

    /** For any user: the writer need not even see the schema. Of a domain over a domain the type at the bottom counts. */
    private static final String IS_NUMBER = """
            WITH RECURSIVE down AS (
                SELECT t.oid, t.typtype, t.typbasetype
                  FROM pg_catalog.pg_namespace n
                  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped
                  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                 WHERE n.nspname = ? AND c.relname = ?
                UNION ALL
                SELECT t.oid, t.typtype, t.typbasetype
                  FROM down d JOIN pg_catalog.pg_type t ON t.oid = d.typbasetype WHERE d.typtype = 'd')
            SELECT FROM down WHERE oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)""";

    private NumberedRows() {}

    /** The channels whose messages name a row by number. */
    static Set<Channel> channels(Connection connection, SourceConfig source) throws SQLException {
        Set<Channel> channels = EnumSet.noneOf(Channel.class);
        for (SourceTable table : SourceTable.values()) {
            if (isNumbered(connection, source.table(table))) {
                channels.addAll(channels(table));
            }
        }
        return channels;
    }

    private static Set<Channel> channels(SourceTable table) {
        return switch (table) {
            case QUERIES -> Set.of(Channel.AGENT_QUERIES);
            case APPROVALS -> Set.of(Channel.APPROVAL_QUEUE, Channel.SLA_BREACH);
            case FEEDBACK -> Set.of(Channel.TRAINING_FEEDBACK);
        };
    }

    private static boolean isNumbered(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(IS_NUMBER)) {
            query.setString(1, table.schema());
            query.setString(2, table.table());
            try (ResultSet found = query.executeQuery()) {
                return found.next();
            }
        }
    }
}
