package dev.agentpulse.bench.peer;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.flink.FlinkJob;
import dev.agentpulse.bench.load.SourceTables;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** The peers, by the names that scenarios use. */
public final class Peers {

    /** The peer that does nothing: what the others cost is told by comparison with it. */
    public static final String NOTHING = "nothing";

    private static final String CHANNEL = "agentpulse_bench_peer";

    private static final Map<String, Maker> MAKERS = makers();

    private Peers() {}

    private interface Maker {
        Subject make(PeerSchema schema) throws SQLException;
    }

    private static Map<String, Maker> makers() {
        Map<String, Maker> makers = new TreeMap<>();
        makers.put(NOTHING, Peers::nothing);
        makers.put("views-30s", schema -> MaterializedViews.refreshedEvery("views-30s", schema, 30));
        makers.put("views-1s", schema -> MaterializedViews.refreshedEvery("views-1s", schema, 1));
        makers.put("views-always", schema -> MaterializedViews.refreshedEvery("views-always", schema, 0));
        makers.put("notify", Peers::notifyTriggers);
        makers.put("triggers", Peers::incrementalTriggers);
        makers.put("slot-client", SlotClient::start);
        makers.put("pg_recvlogical", RecvLogical::start);
        makers.put("upsert-loop", UpsertLoop::start);
        for (FlinkJob job : FlinkJob.values()) {
            makers.put(job.peer(), schema -> FlinkPeer.start(job, schema));
        }
        return makers;
    }

    public static List<String> names() {
        return List.copyOf(MAKERS.keySet());
    }

    /**
     * Starts one, on empty tables.
     *
     * @param like the source's tables
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Subject start(String name, Database database, SourceTables like) throws SQLException {
        requireKnown(name);
        PeerSchema schema = PeerSchema.create(database, like);
        try {
            return Objects.requireNonNull(MAKERS.get(name)).make(schema);
        } catch (SQLException | RuntimeException e) {
            schema.close();
            throw e;
        }
    }

    public static void requireKnown(String name) {
        if (!MAKERS.containsKey(name)) {
            throw new IllegalArgumentException(
                    "beside must name peers of " + String.join(", ", names()) + ", but has " + name);
        }
    }

    /** Whether there is nothing to watch for while the load is written. */
    public static boolean makesNoResults(String name) {
        return Set.of(NOTHING, "pg_recvlogical", "upsert-loop").contains(name);
    }

    private static Subject nothing(PeerSchema schema) {
        return Peer.withoutResults(NOTHING, schema);
    }

    /** A trigger on each table that notifies of each new row. */
    private static Subject notifyTriggers(PeerSchema schema) throws SQLException {
        schema.run("""
                CREATE FUNCTION %1$s.announce() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_notify('agentpulse_bench_peer',
                        json_build_object('id', NEW.id, 'conversation_id', NEW.conversation_id,
                            'created_at', NEW.created_at)::text);
                    RETURN NULL;
                END $$""");
        for (String table :
                List.of(PeerSchema.TABLES.queries(), PeerSchema.TABLES.approvals(), PeerSchema.TABLES.feedback())) {
            schema.run("CREATE TRIGGER announce AFTER INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION "
                    + PeerSchema.NAME + ".announce()");
        }
        return Peer.withMessages("notify", schema, CHANNEL);
    }

    /**
     * Figures of queries by agent and second, kept by a trigger a statement, and a view that adds up the seconds of each
     * window. Approvals, feedback and deletes have no trigger, and there are no percentiles.
     */
    private static Subject incrementalTriggers(PeerSchema schema) throws SQLException {
        schema.run("""
                CREATE TABLE %1$s.agent_second (
                    agent text, second timestamptz, query_count bigint, latency_sum bigint, max_latency_ms integer,
                    slow_query_count bigint, approved_count bigint DEFAULT 0, PRIMARY KEY (agent, second))""", """
                CREATE FUNCTION %1$s.add_queries() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO %1$s.agent_second AS kept
                           (agent, second, query_count, latency_sum, max_latency_ms, slow_query_count)
                    SELECT agent, date_trunc('second', created_at), count(*), sum(latency_ms), max(latency_ms),
                           count(*) FILTER (WHERE latency_ms > 200)
                      FROM added GROUP BY 1, 2 ORDER BY 1, 2
                    ON CONFLICT (agent, second) DO UPDATE
                       SET query_count = kept.query_count + excluded.query_count,
                           latency_sum = kept.latency_sum + excluded.latency_sum,
                           max_latency_ms = greatest(kept.max_latency_ms, excluded.max_latency_ms),
                           slow_query_count = kept.slow_query_count + excluded.slow_query_count;
                    RETURN NULL;
                END $$""", """
                CREATE FUNCTION %1$s.review_queries() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    UPDATE %1$s.agent_second AS kept SET approved_count = kept.approved_count + changed.approved
                      FROM (SELECT added.agent, date_trunc('second', added.created_at) AS second,
                                   count(*) FILTER (WHERE added.approved) - count(*) FILTER (WHERE removed.approved)
                                       AS approved
                              FROM added JOIN removed USING (id) GROUP BY 1, 2) AS changed
                     WHERE kept.agent = changed.agent AND kept.second = changed.second;
                    RETURN NULL;
                END $$""", """
                CREATE TRIGGER add_queries AFTER INSERT ON %1$s.agent_queries
                    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION %1$s.add_queries()""", """
                CREATE TRIGGER review_queries AFTER UPDATE ON %1$s.agent_queries
                    REFERENCING OLD TABLE AS removed NEW TABLE AS added
                    FOR EACH STATEMENT EXECUTE FUNCTION %1$s.review_queries()""", """
                CREATE VIEW %1$s.agent_performance AS
                SELECT agent, window_name, sum(query_count) AS query_count,
                       round(sum(latency_sum) / sum(query_count), 2) AS avg_latency_ms,
                       max(max_latency_ms) AS max_latency_ms, sum(slow_query_count) AS slow_query_count,
                       sum(approved_count) AS approved_count
                  FROM %1$s.agent_second
                  JOIN (VALUES ('1m', interval '1 minute'), ('5m', interval '5 minutes'), ('1h', interval '1 hour'))
                       AS windows(window_name, length) ON second > now() - length
                 GROUP BY agent, window_name""");
        return Peer.withRows("triggers", schema, null);
    }
}
