package dev.agentpulse.local.chaos;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Queries that find an alert or a channel message which is missing or doubled, by what the source tables imply. Each
 * parameter is the moment from which on they are complete. Of rows that were deleted meanwhile nothing can be said.
 */
final class ExactlyOnce {

    private ExactlyOnce() {}

    /** @param away an approval whose deadline and decision lie in one of these need not have an alert */
    static Map<String, String> checks(List<TimeAway> away) {
        Map<String, String> checks = new LinkedHashMap<>();
        checks.put("new_query message", arrivals("agent_queries", "new_query"));
        checks.put("new_approval message", arrivals("agent_approvals", "new_approval"));
        checks.put("new_feedback message", arrivals("agent_feedback", "new_feedback"));
        // The traffic decides and annotates each row at most once.
        checks.put("status_change message", """
                SELECT source.id, count(message.seq) AS messages FROM public.agent_approvals AS source
                LEFT JOIN agentpulse.channel_event AS message
                  ON message.channel = 'approval_queue_stream' AND message.payload ->> 'event' = 'status_change'
                 AND message.payload ->> 'id' = source.id::text
                WHERE source.status <> 'pending' AND source.updated_at > ?
                GROUP BY source.id HAVING count(message.seq) <> 1
                """);
        checks.put("annotation message", """
                SELECT source.id, count(message.seq) AS messages FROM public.agent_feedback AS source
                LEFT JOIN agentpulse.channel_event AS message
                  ON message.channel = 'training_feedback_stream' AND message.payload ->> 'event' = 'annotation'
                 AND message.payload ->> 'id' = source.id::text
                WHERE source.annotator IS NOT NULL AND source.updated_at > ?
                GROUP BY source.id HAVING count(message.seq) <> 1
                """);
        checks.put("unsafe_response alert", """
                SELECT source.id, count(alert.alert_id) AS alerts FROM public.agent_feedback AS source
                LEFT JOIN agentpulse.alert ON alert.rule = 'unsafe_response' AND alert.subject = source.id::text
                WHERE source.updated_at > ?
                GROUP BY source.id, source.safe_to_send
                HAVING count(alert.alert_id) <> CASE WHEN source.safe_to_send IS FALSE THEN 1 ELSE 0 END
                """);
        checks.put("slow_query alert twice", """
                SELECT subject, count(*) FROM agentpulse.alert WHERE rule = 'slow_query' GROUP BY subject
                HAVING count(*) > 1
                """);
        checks.put("slow_query alert missing", """
                SELECT source.id, source.latency_ms FROM public.agent_queries AS source
                WHERE source.latency_ms > 200 AND source.created_at > ?
                  AND NOT EXISTS (
                    SELECT FROM agentpulse.alert WHERE alert.rule = 'slow_query' AND alert.subject = source.id::text)
                  -- Beyond ten in a second they are counted only.
                  AND NOT EXISTS (
                    SELECT FROM agentpulse.alert
                    WHERE alert.rule = 'slow_query' AND (alert.details ->> 'suppressed')::bigint > 0)
                """);
        // Within two seconds of the deadline both answers are right.
        checks.put("approval_sla_breach alert", """
                SELECT source.id, source.status, source.created_at, source.updated_at, count(alert.alert_id) AS alerts
                FROM public.agent_approvals AS source
                CROSS JOIN LATERAL (
                  SELECT CASE WHEN source.status = 'pending' THEN (SELECT min(as_of) FROM agentpulse.pipeline_status)
                              ELSE source.updated_at END
                    - source.created_at AS waited) AS clock
                LEFT JOIN agentpulse.alert ON alert.rule = 'approval_sla_breach' AND alert.subject = source.id::text
                WHERE (source.status = 'pending' OR source.updated_at > ?)
                GROUP BY source.id, source.status, source.created_at, source.updated_at, waited
                HAVING (waited > interval '302 s' AND count(alert.alert_id) <> 1
                        AND NOT (count(alert.alert_id) = 0 AND source.status <> 'pending' AND %s))
                    OR (waited < interval '298 s' AND count(alert.alert_id) <> 0)
                """.formatted(lateInside(away)));
        return checks;
    }

    private static String lateInside(List<TimeAway> away) {
        return away.stream()
                .map(time -> "source.created_at + interval '302 s' >= '" + time.since()
                        + "' AND source.updated_at <= timestamptz '" + time.until() + "' + interval '2 s'")
                .collect(Collectors.joining(" OR ", "(false OR ", ")"));
    }

    /** Rows that are late have a creation time before their commit, so those after the moment were committed after it. */
    private static String arrivals(String table, String event) {
        return """
                SELECT source.id, count(message.seq) AS messages FROM public.%1$s AS source
                LEFT JOIN agentpulse.channel_event AS message
                  ON message.payload ->> 'event' = '%2$s' AND message.payload ->> 'id' = source.id::text
                WHERE source.created_at > ?
                GROUP BY source.id HAVING count(message.seq) <> 1
                """.formatted(table, event);
    }
}
