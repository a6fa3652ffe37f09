package dev.agentpulse.local.stack.traffic;

import dev.agentpulse.local.stack.database.SourceTables;
import dev.agentpulse.local.stack.traffic.TrafficChange.Annotate;
import dev.agentpulse.local.stack.traffic.TrafficChange.DecideApproval;
import dev.agentpulse.local.stack.traffic.TrafficChange.DeleteQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.EditQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.InsertFeedback;
import dev.agentpulse.local.stack.traffic.TrafficChange.InsertQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.RequestApproval;
import dev.agentpulse.local.stack.traffic.TrafficChange.ReviewQuery;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The SQL of the traffic: writes one transaction of the script, one batch a kind of change. */
final class TrafficStatements {

    private final Connection connection;
    private final SourceTables tables;
    private final Map<Long, Object> keys;
    private final Map<Long, Object> newKeys = new LinkedHashMap<>();

    /** @param keys the database's keys of rows by their ordinals, extended when a transaction is committed */
    TrafficStatements(Connection connection, SourceTables tables, Map<Long, Object> keys) {
        this.connection = connection;
        this.tables = tables;
        this.keys = keys;
    }

    void write(List<TrafficChange> transaction) throws SQLException {
        newKeys.clear();
        insertQueries(only(InsertQuery.class, transaction));
        insertApprovals(only(RequestApproval.class, transaction));
        insertFeedback(only(InsertFeedback.class, transaction));
        review(known(only(ReviewQuery.class, transaction), ReviewQuery::ordinal));
        edit(known(only(EditQuery.class, transaction), EditQuery::ordinal));
        decide(known(only(DecideApproval.class, transaction), DecideApproval::ordinal));
        annotate(known(only(Annotate.class, transaction), Annotate::ordinal));
        delete(known(only(DeleteQuery.class, transaction), DeleteQuery::ordinal));
        connection.commit();
        keys.putAll(newKeys);
    }

    /** A request of an earlier run has nobody left who would decide it. */
    void expireForgotten() throws SQLException {
        String sql = "UPDATE " + tables.approvals() + " SET status = 'expired', updated_at = now()"
                + " WHERE status = 'pending' AND starts_with(conversation_id, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, TrafficScript.CONVERSATION_PREFIX);
            statement.executeUpdate();
        }
        connection.commit();
    }

    private void insertQueries(List<InsertQuery> inserts) throws SQLException {
        String sql = "INSERT INTO " + tables.queries() + " (conversation_id, agent, query, latency_ms, created_at)"
                + " VALUES (?, ?, ?, ?, now() - make_interval(secs => ?))";
        insert(sql, inserts, InsertQuery::ordinal, (statement, insert) -> {
            statement.setString(1, insert.conversation());
            statement.setString(2, insert.agent());
            statement.setString(3, insert.query());
            statement.setInt(4, insert.latencyMillis());
            statement.setDouble(5, insert.lateSeconds());
        });
    }

    private void insertApprovals(List<RequestApproval> inserts) throws SQLException {
        String sql = "INSERT INTO " + tables.approvals() + " (conversation_id, status, created_at, updated_at)"
                + " VALUES (?, 'pending', now() - make_interval(secs => ?), now())";
        insert(sql, inserts, RequestApproval::ordinal, (statement, insert) -> {
            statement.setString(1, insert.conversation());
            statement.setDouble(2, insert.waitedSeconds());
        });
    }

    private void insertFeedback(List<InsertFeedback> inserts) throws SQLException {
        String sql = "INSERT INTO " + tables.feedback() + " (conversation_id, created_at, updated_at)"
                + " VALUES (?, now(), now())";
        insert(sql, inserts, InsertFeedback::ordinal, (statement, insert) -> {
            statement.setString(1, insert.conversation());
        });
    }

    private void review(List<ReviewQuery> reviews) throws SQLException {
        String sql = "UPDATE " + tables.queries() + " SET approved = ? WHERE id = ?";
        change(sql, reviews, (statement, review) -> {
            statement.setBoolean(1, review.approved());
            statement.setObject(2, keys.get(review.ordinal()));
        });
    }

    private void edit(List<EditQuery> edits) throws SQLException {
        String sql = "UPDATE " + tables.queries() + " SET human_edited = true WHERE id = ?";
        change(sql, edits, (statement, edit) -> {
            statement.setObject(1, keys.get(edit.ordinal()));
        });
    }

    private void delete(List<DeleteQuery> deletes) throws SQLException {
        String sql = "DELETE FROM " + tables.queries() + " WHERE id = ?";
        change(sql, deletes, (statement, delete) -> {
            statement.setObject(1, keys.get(delete.ordinal()));
        });
    }

    private void decide(List<DecideApproval> decisions) throws SQLException {
        String sql =
                "UPDATE " + tables.approvals() + " SET status = ?, approved_by = ?, updated_at = now() WHERE id = ?";
        change(sql, decisions, (statement, decision) -> {
            statement.setString(1, decision.status());
            statement.setString(2, decision.by());
            statement.setObject(3, keys.get(decision.ordinal()));
        });
    }

    private void annotate(List<Annotate> annotations) throws SQLException {
        String sql = "UPDATE " + tables.feedback() + " SET safe_to_send = ?, labels = ?, annotator = ?,"
                + " rubric = jsonb_build_object('clarity', ?, 'accuracy', ?, 'tone', ?), updated_at = now()"
                + " WHERE id = ?";
        change(sql, annotations, (statement, annotation) -> {
            Array labels = connection.createArrayOf("text", annotation.labels().toArray());
            statement.setBoolean(1, annotation.safe());
            statement.setArray(2, labels);
            statement.setString(3, annotation.annotator());
            statement.setInt(4, annotation.clarity());
            statement.setInt(5, annotation.accuracy());
            statement.setInt(6, annotation.tone());
            statement.setObject(7, keys.get(annotation.ordinal()));
        });
    }

    private <T> void insert(String sql, List<T> changes, ToLongFunction<T> ordinal, Parameters<T> parameters)
            throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql, new String[] {"id"})) {
            for (T change : changes) {
                parameters.set(statement, change);
                statement.addBatch();
            }
            statement.executeBatch();
            try (ResultSet generated = statement.getGeneratedKeys()) {
                for (T change : changes) {
                    generated.next();
                    newKeys.put(ordinal.applyAsLong(change), generated.getObject("id"));
                }
            }
        }
    }

    private <T> void change(String sql, List<T> changes, Parameters<T> parameters) throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T change : changes) {
                parameters.set(statement, change);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Without the changes of rows whose keys are forgotten: keys are kept for a bounded number of rows. */
    private <T> List<T> known(List<T> changes, ToLongFunction<T> ordinal) {
        return changes.stream()
                .filter(change -> keys.containsKey(ordinal.applyAsLong(change)))
                .toList();
    }

    private static <T> List<T> only(Class<T> kind, List<TrafficChange> transaction) {
        return transaction.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private interface Parameters<T> {
        void set(PreparedStatement statement, T change) throws SQLException;
    }
}
