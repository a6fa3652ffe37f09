package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.Refusals;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.AlertRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Open alerts of rule {@code unsafe_response} that an earlier job left: those whose row was made safe or deleted while
 * nobody read the log are over. The snapshot cannot tell, because it holds recent rows only; so the rows are looked up, by
 * their key and no others.
 */
final class LeftUnsafeAlerts {

    private static final String OPEN = "SELECT alert_id, subject FROM agentpulse.alert_record WHERE rule = '"
            + AlertRule.UNSAFE_RESPONSE.text() + "' AND status <> 'resolved'";

    private static final String TYPE_OF_ID = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
            + " WHERE attrelid = to_regclass(?) AND attname = 'id' AND NOT attisdropped";

    private LeftUnsafeAlerts() {}

    /**
     * Resolves what is over.
     *
     * @param capture logged in as the user that reads the stream, in auto-commit mode
     * @param writer logged in as the user that writes, in auto-commit mode
     */
    static void resolve(Connection capture, Connection writer, TableName feedback) throws SQLException {
        Map<String, String> open = new HashMap<>();
        try (Statement statement = writer.createStatement();
                ResultSet found = statement.executeQuery(OPEN)) {
            while (found.next()) {
                open.put(found.getString("alert_id"), found.getString("subject"));
            }
        }
        String type = open.isEmpty() ? null : typeOfId(capture, feedback);
        if (type == null) {
            return;
        }
        Set<String> unsafe = unsafe(capture, feedback, type, open.values());
        List<String> over = new ArrayList<>();
        open.forEach((alertId, subject) -> {
            if (!unsafe.contains(subject)) {
                over.add(alertId);
            }
        });
        RowWriter.direct(writer).write(new AlertResolveNowStatement(), over);
    }

    /** Null where the table is gone, which is found elsewhere. */
    private static @Nullable String typeOfId(Connection capture, TableName feedback) throws SQLException {
        try (PreparedStatement query = capture.prepareStatement(TYPE_OF_ID)) {
            query.setString(1, feedback.quoted());
            try (ResultSet type = query.executeQuery()) {
                return type.next() ? type.getString(1) : null;
            }
        }
    }

    private static Set<String> unsafe(Connection capture, TableName feedback, String type, Collection<String> subjects)
            throws SQLException {
        List<String> ids = new ArrayList<>(new HashSet<>(subjects));
        Set<String> unsafe = new HashSet<>();
        try (Statement setting = capture.createStatement();
                PreparedStatement query = capture.prepareStatement("SELECT format('%s', id) FROM " + feedback.quoted()
                        + " WHERE id = ANY" + " (?::text[]::" + type + "[]) AND NOT safe_to_send")) {
            setting.execute("SET row_security = off"); // a row that is hidden is not gone
            for (int begin = 0; begin < ids.size(); begin += RowWriter.STATEMENT_ROWS) {
                find(query, ids.subList(begin, Math.min(begin + RowWriter.STATEMENT_ROWS, ids.size())), unsafe);
            }
        }
        return unsafe;
    }

    /** An id that is no value of the column's type, because the table is another one now, is that of no row. */
    private static void find(PreparedStatement query, List<String> ids, Set<String> unsafe) throws SQLException {
        query.setArray(1, query.getConnection().createArrayOf("text", ids.toArray()));
        try (ResultSet found = query.executeQuery()) {
            while (found.next()) {
                unsafe.add(found.getString(1));
            }
        } catch (SQLException e) {
            if (!Refusals.lieInData(e)) {
                throw e;
            }
            if (ids.size() > 1) {
                int half = ids.size() / 2;
                find(query, ids.subList(0, half), unsafe);
                find(query, ids.subList(half, ids.size()), unsafe);
            }
        }
    }
}
