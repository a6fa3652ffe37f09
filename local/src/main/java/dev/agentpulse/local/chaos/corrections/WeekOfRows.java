package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What the source tables hold before the job starts: a week, evenly, with unknown and very long latencies among it. */
final class WeekOfRows {

    private static final int AGENT_COUNT = 20;

    /** None of them is one of the traffic's, so nobody else changes their rows. */
    static final List<String> AGENTS = IntStream.rangeClosed(1, AGENT_COUNT)
            .mapToObj(number -> "agent-" + number)
            .toList();

    private static final String QUERIES = "INSERT INTO agent_queries (conversation_id, agent, query, latency_ms,"
            + " approved, human_edited, created_at) SELECT 'past-' || n, 'agent-' || (1 + floor(random() * "
            + AGENT_COUNT
            + ")::integer), 'what was it ' || n,"
            + " CASE WHEN random() > 0.02 THEN floor(exp(2 + 7.5 * random() * random()))::integer END,"
            + " CASE WHEN random() < 0.6 THEN random() < 0.85 END, random() < 0.1,"
            + " now() - random() * interval '7 days' FROM generate_series(1, 100000) AS n";

    private static final String APPROVALS = "INSERT INTO agent_approvals (conversation_id, status, approved_by,"
            + " created_at, updated_at) SELECT 'past-' || n, status, CASE WHEN status <> 'pending' THEN 'dana' END, created,"
            + " CASE WHEN status = 'pending' THEN created"
            + " ELSE least(now(), created + random() ^ 4 * interval '12 hours') END"
            + " FROM (SELECT n, now() - random() * interval '7 days' AS created,"
            + " (ARRAY['pending', 'approved', 'approved', 'rejected', 'expired'])[1 + floor(random() * 5)::integer]"
            + " AS status FROM generate_series(1, 8000) AS n) AS past";

    private static final String FEEDBACK = "INSERT INTO agent_feedback (conversation_id, safe_to_send, labels, rubric,"
            + " annotator, created_at, updated_at) SELECT 'past-' || n, CASE WHEN random() < 0.9 THEN random() < 0.97 END,"
            + " ARRAY['label ' || floor(random() * 9)::integer, 'of all'], jsonb_build_object("
            + "'clarity', 1 + floor(random() * 5)::integer, 'tone', round((5 * random())::numeric, 1)),"
            + " 'annotator ' || floor(random() * 8)::integer, created, created"
            + " FROM (SELECT n, now() - random() * interval '7 days' AS created"
            + " FROM generate_series(1, 5000) AS n) AS past";

    /** For the job, which reads the tables by time, and for whoever looks for the rows of one agent. */
    private static final List<String> INDEXES = List.of(
            "CREATE INDEX ON agent_queries (created_at)",
            "CREATE INDEX ON agent_queries (agent, created_at)",
            "CREATE INDEX ON agent_approvals (created_at)",
            "CREATE INDEX ON agent_approvals (updated_at)",
            "CREATE INDEX ON agent_feedback (created_at)");

    private static final String OF_NOW = "INSERT INTO agent_queries (conversation_id, agent, query, latency_ms)"
            + " SELECT 'now', 'agent-' || n, 'what is it', 20 + n FROM generate_series(1, " + AGENT_COUNT + ") AS n";

    private WeekOfRows() {}

    /** Fills empty tables, by a transaction each. */
    static void fill(Connection connection, long seed) throws SQLException {
        Sql.run(connection, "SELECT setseed(" + new Random(seed).nextDouble() + ")", QUERIES, APPROVALS, FEEDBACK);
        Sql.run(connection, INDEXES.toArray(String[]::new));
        Sql.run(connection, "ANALYZE");
    }

    /** Writes a query of each agent, so that there will be rows of minutes' age to be corrected. */
    static void addOfNow(Connection connection) throws SQLException {
        Sql.run(connection, OF_NOW);
    }
}
