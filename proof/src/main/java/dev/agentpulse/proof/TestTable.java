package dev.agentpulse.proof;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source table, and what plain SQL says of one of its rows: the rules of docs/decisions/0001-figures.md once more. */
enum TestTable {
    QUERIES(
            "agent_queries",
            "coalesce(" + timeProblem("created_at") + ", CASE WHEN agent IS NULL THEN 'missing_agent'"
                    + " WHEN latency_ms < 0 THEN 'negative_latency' END)",
            "CASE WHEN latency_ms > 200 THEN 'slow' END",
            "''"),
    APPROVALS(
            "agent_approvals",
            "coalesce(" + timeProblem("created_at") + ", CASE WHEN status IS NULL OR status NOT IN"
                    + " ('pending', 'approved', 'rejected', 'expired') THEN 'unknown_status'"
                    + " WHEN updated_at IS NULL THEN CASE WHEN status <> 'pending' THEN 'missing_updated_at' END"
                    + " ELSE " + timeProblem("updated_at") + " END)",
            "status",
            "''"),
    FEEDBACK(
            "agent_feedback",
            "coalesce(" + timeProblem("created_at")
                    + ", CASE WHEN updated_at IS NOT NULL THEN " + timeProblem("updated_at") + " END"
                    + ", CASE WHEN jsonb_typeof(rubric) NOT IN ('null', 'object') THEN 'rubric_not_an_object'"
                    + " WHEN jsonb_typeof(rubric -> 'clarity') NOT IN ('null', 'number')"
                    + " OR jsonb_typeof(rubric -> 'accuracy') NOT IN ('null', 'number')"
                    + " OR jsonb_typeof(rubric -> 'tone') NOT IN ('null', 'number') THEN 'rubric_not_a_number' END)",
            "CASE WHEN NOT safe_to_send THEN 'unsafe' END",
            "jsonb_build_array(conversation_id, safe_to_send, array_remove(coalesce(labels, '{}'), NULL),"
                    + " rubric -> 'clarity', rubric -> 'accuracy', rubric -> 'tone', annotator, created_at)::text");

    private final String tableName;
    private final String imageColumns;

    TestTable(String tableName, String reason, String state, String content) {
        this.tableName = tableName;
        this.imageColumns = "id::text, " + reason + ", " + state + ", " + content
                + ", created_at > clock_timestamp() + interval '60 seconds' AND isfinite(created_at)";
    }

    /**
     * What a row says.
     *
     * @param reason why it is unusable, null for a usable row
     * @param state what alerts and messages look at: slow, the approval's status, unsafe
     * @param content what makes an annotation when it changes
     * @param farAhead the ledger notes it
     */
    record Image(
            String id, @Nullable String reason, @Nullable String state, String content, boolean farAhead) {

        boolean usable() {
            return reason == null;
        }
    }

    String tableName() {
        return tableName;
    }

    /** Runs INSERT or UPDATE, and gives the rows as they are then. */
    List<Image> write(Connection connection, String sql) throws SQLException {
        return images(connection, sql + " RETURNING " + imageColumns);
    }

    /** The row with an id, as it is. */
    Image read(Connection connection, String id) throws SQLException {
        return images(connection, "SELECT " + imageColumns + " FROM " + tableName + " WHERE id = '" + id + "'")
                .get(0);
    }

    private static List<Image> images(Connection connection, String sql) throws SQLException {
        List<Image> images = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                images.add(new Image(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getBoolean(5)));
            }
        }
        return images;
    }

    private static String timeProblem(String column) {
        return "CASE WHEN " + column + " IS NULL THEN 'missing_created_at'"
                + " WHEN NOT isfinite(" + column + ") THEN 'infinite_timestamp'"
                + " WHEN " + column + " < '0001-01-01 00:00:00+00' OR " + column + " >= '10000-01-01 00:00:00+00'"
                + " THEN 'timestamp_out_of_range' END";
    }
}
