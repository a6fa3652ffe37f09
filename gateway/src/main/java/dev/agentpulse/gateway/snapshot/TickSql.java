package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one statement that reads a tick: what the last reads have not seen of every table, its number of rows (fewer than
 * expected means that some went), channel events, and the snapshot to compare with the next time. One statement is one
 * picture.
 *
 * <p>Parameters: the xmin of the last snapshot, null for everything; the last snapshot and the last sequence number, null
 * the first time; the keys of alerts that were not resolved; since when an alert counts as new.
 *
 * <p>A row is new to us if its transaction did not lie before the last snapshot's xmin. That finds some rows again while
 * an old transaction is open; comparing their text leaves them out.
 */
final class TickSql {

    static final int MOST_EVENTS = 5_000;
    static final int MOST_ALERTS = 5_000;
    static final String SNAPSHOT = "";
    static final String ALERT = "alert";
    static final String ALERT_TABLE = "alert_record";
    static final String EVENT = "channel_event";

    private static final String HEAD = """
            SELECT '' AS source, pg_current_snapshot()::text AS row,
                   (SELECT json_build_object('tick', coalesce(sum(p.tick), 0), 'as_of', min(p.as_of),
                           'written_at', max(p.written_at), 'now', clock_timestamp())
                      FROM agentpulse.pipeline_status p)::text AS key,
                   NULL::bigint AS n
            """;

    private static final String EVENTS = """
            (SELECT 'channel_event', row_to_json(c)::text, NULL, c.seq
               FROM agentpulse.channel_event c WHERE c.seq > $3::bigint ORDER BY c.seq LIMIT %d)
            UNION ALL SELECT 'channel_event', NULL, NULL, max(seq) FROM agentpulse.channel_event
            """.formatted(MOST_EVENTS);

    // What the view agentpulse.alert shows, from the tables behind it: a view has no xmin.
    private static final String SHOWN = """
            LATERAL (SELECT r.alert_id, r.rule, r.subject, r.severity,
                            CASE WHEN r.status = 'open' AND k.acknowledged_at IS NOT NULL THEN 'acknowledged'
                                 ELSE r.status END AS status,
                            r.value, r.threshold, r.conversation_id, r.details, r.opened_at, r.resolved_at,
                            r.detected_at, k.acknowledged_by, k.acknowledged_at) a
            """;

    private static final String IS_NEW = "NOT pg_visible_in_snapshot((s.xmax - mod(s.xmax - %s.xmin::text::bigint,"
            + " 4294967296))::text::xid8, $2::text::pg_snapshot)";

    // Alerts are many and old ones are of no interest, so indexes lead to those that can be new, whatever the plan
    // makes
    // of the LIMIT; the snapshot says which of them are. Its writers use no savepoints: no snapshot names those.
    private static final String ALERTS = """
            (WITH r AS MATERIALIZED (
                 SELECT t.*, %3$s AS is_new FROM agentpulse.alert_record t
                  WHERE t.status <> 'resolved' OR t.detected_at >= $5::timestamptz OR t.resolved_at >= $5::timestamptz)
             SELECT 'alert', row_to_json(a)::text, json_build_object('alert_id', a.alert_id)::text,
                    CASE WHEN a.detected_at >= $5::timestamptz THEN 1 ELSE 0 END::bigint
               FROM r LEFT JOIN agentpulse.acknowledgement k ON k.alert_id = r.alert_id, %2$s
              WHERE CASE WHEN $2::text IS NULL THEN r.status <> 'resolved'
                         ELSE r.is_new OR (k.alert_id IS NOT NULL AND %4$s) END
              ORDER BY r.opened_at DESC LIMIT %1$d)
            UNION ALL SELECT 'alert', row_to_json(a)::text, json_build_object('alert_id', a.alert_id)::text, 0
                        FROM agentpulse.alert_record r
                        LEFT JOIN agentpulse.acknowledgement k ON k.alert_id = r.alert_id, %2$s
                       WHERE r.alert_id = ANY ($4::text[]) AND r.status = 'resolved'
            """.formatted(MOST_ALERTS, SHOWN, IS_NEW.formatted("t"), IS_NEW.formatted("k"))
            .replace("s.xmax", "pg_snapshot_xmax(pg_current_snapshot())::text::bigint");

    private TickSql() {}

    static String of(List<Relation> tables) {
        List<String> parts = new ArrayList<>(List.of(HEAD, EVENTS, ALERTS));
        tables.forEach(table -> parts.add(table(table)));
        return String.join(" UNION ALL ", parts);
    }

    /** Rows are counted by a column that no index has: while rows change, an index is slower than the table. */
    private static String table(Relation relation) {
        String table = RestSql.quote(relation.schema()) + "." + RestSql.quote(relation.name());
        String name = "'" + relation.name() + "'";
        String key = relation.key().stream()
                .map(column -> "'" + column.replace("'", "''") + "', t." + RestSql.quote(column))
                .collect(Collectors.joining(", ", "json_build_object(", ")::text"));
        return "SELECT " + name + ", row_to_json(t)::text, " + key + ", NULL FROM " + table
                + " t WHERE $1::text IS NULL OR age(t.xmin) <= age($1::text::xid) UNION ALL SELECT " + name
                + ", NULL, NULL, count(t.xmin) FROM " + table + " t";
    }
}
