package dev.agentpulse.job.sink;

import dev.agentpulse.job.preflight.SourceShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the job began to read from, in {@code source_shape}: not in the job's state, so that a savepoint of an earlier
 * version needs nothing of it.
 */
final class StoredSourceShape {

    private static final String OTHERS = "starts_with(what, '" + SeenColumns.PREFIX + "')";

    private StoredSourceShape() {}

    /** Reads it; null if there is none yet. */
    static @Nullable SourceShape read(Connection writer) throws SQLException {
        Map<String, String> facts = new TreeMap<>();
        try (Statement statement = writer.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT what, fact FROM agentpulse.source_shape WHERE NOT " + OTHERS)) {
            while (found.next()) {
                facts.put(found.getString("what"), found.getString("fact"));
            }
        }
        return facts.isEmpty() ? null : new SourceShape(facts);
    }

    /** @param writer in auto-commit mode */
    static void replace(Connection writer, SourceShape shape) throws SQLException {
        writer.setAutoCommit(false);
        try (Statement statement = writer.createStatement();
                PreparedStatement insert = writer.prepareStatement(
                        "INSERT INTO agentpulse.source_shape (what, fact) SELECT * FROM unnest(?::text[], ?::text[])")) {
            Map<String, String> facts = new TreeMap<>(shape.facts());
            statement.execute("DELETE FROM agentpulse.source_shape WHERE NOT " + OTHERS);
            insert.setArray(1, writer.createArrayOf("text", facts.keySet().toArray()));
            insert.setArray(2, writer.createArrayOf("text", facts.values().toArray()));
            insert.execute();
            writer.commit();
        } finally {
            writer.setAutoCommit(true);
        }
    }
}
