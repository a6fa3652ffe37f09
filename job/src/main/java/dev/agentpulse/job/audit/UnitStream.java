package dev.agentpulse.job.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The units of one kind, one after the other: of tables of what is now by name, of history the newest first. When there is
 * none left it begins again. It remembers its place from run to run, so that in the end every row has its turn.
 */
final class UnitStream {

    private static final int BATCH = 20;

    /** Before all names, and behind all times. */
    private static final String FIRST_NAME = "";

    private static final String LAST_TIME = "infinity";

    private final AuditedTable table;
    private final boolean days;
    private final String sql;
    private final Deque<AuditUnit> ahead = new ArrayDeque<>();
    private String subject = FIRST_NAME;
    private String time = LAST_TIME;

    private UnitStream(AuditedTable table, boolean days, String sql) {
        this.table = table;
        this.days = days;
        this.sql = sql;
    }

    static UnitStream ofSubjects(AuditedTable table) {
        String name = table.key().get(0);
        return new UnitStream(
                table,
                false,
                "SELECT DISTINCT " + name + ", 0 AS micros, '' AS place FROM agentpulse." + table.table() + " WHERE "
                        + name + " > ? AND ? IS NOT NULL ORDER BY 1 LIMIT " + BATCH);
    }

    static UnitStream ofHistory(AuditedTable table, boolean days) {
        String name = table.key().get(0);
        String bucket = days ? "1d" : "1h";
        return new UnitStream(
                table,
                days,
                "SELECT h." + name + ", (extract(epoch FROM h.bucket_start) * 1000000)::bigint AS micros,"
                        + " h.bucket_start::text AS place FROM agentpulse." + table.table() + " AS h"
                        + " JOIN agentpulse.history_reach AS r ON r.history_table = '" + table.table()
                        + "' AND r.bucket = h.bucket WHERE h.bucket = '" + bucket + "' AND h.zone = 'UTC'"
                        + " AND h.bucket_end > r.complete_from"
                        + (days ? " AND h.bucket_end <= (SELECT min(as_of) FROM agentpulse.pipeline_status)" : "")
                        + " AND (h.bucket_start, h." + name + ") < (?::timestamptz, ?)"
                        + " ORDER BY h.bucket_start DESC, h." + name + " DESC LIMIT " + BATCH);
    }

    /** The next one; null when it has come to its end. */
    @Nullable
    AuditUnit next(Connection connection) throws SQLException {
        if (ahead.isEmpty()) {
            read(connection);
        }
        AuditUnit next = ahead.poll();
        if (next == null) {
            subject = FIRST_NAME;
            time = LAST_TIME;
        }
        return next;
    }

    private void read(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table.isHistory() ? time : subject);
            query.setString(2, subject);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    subject = row.getString(1);
                    time = row.getString("place");
                    long micros = row.getLong("micros");
                    ahead.add(
                            !table.isHistory()
                                    ? AuditUnit.of(table, subject)
                                    : days
                                            ? AuditUnit.day(table, subject, micros)
                                            : AuditUnit.hour(table, subject, micros));
                }
            }
        } finally {
            connection.rollback();
        }
    }
}
