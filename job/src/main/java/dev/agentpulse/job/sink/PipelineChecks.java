package dev.agentpulse.job.sink;

import dev.agentpulse.job.audit.AuditedTable;
import dev.agentpulse.job.audit.DailyQuality;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The daily checks that the pipeline's own tables answer and not the source table's rows: how fresh and how late changes
 * were, what was wrong with what is read from, and whether figures were right. They run between two ticks and read at most
 * some thousands of rows by their keys.
 */
final class PipelineChecks {

    /**
     * Messages are of one commit each and have the time at which they were written. Every so many of them, by number, are
     * looked at, however many there are.
     */
    private static final String FRESHNESS = """
            WITH ends AS (SELECT min(seq) AS first, max(seq) AS last FROM agentpulse.channel_event),
            picked AS (
                SELECT DISTINCT ON (m.seq) m.seq, m.channel, m.event_time, m.written_at, m.payload
                  FROM ends, generate_series(0, 1999) AS n,
                       LATERAL (SELECT * FROM agentpulse.channel_event e
                                 WHERE e.seq >= ends.first + (ends.last - ends.first) * n / 2000
                                 ORDER BY e.seq LIMIT 1) AS m
            ),
            waited AS (
                SELECT round(1000 * extract(epoch FROM written_at - event_time)::numeric, 1) AS fresh_ms,
                       CASE WHEN payload ->> 'event' LIKE 'new\\_%%'
                            THEN round(greatest(0, extract(epoch FROM
                                event_time - (payload ->> 'created_at')::timestamptz))::numeric, 1) END AS late_s
                  FROM picked
                 WHERE channel = '%1$s' AND event_time >= %2$s AND event_time < %3$s
            )
            SELECT 'freshness' AS dimension, 'commit_to_result_p50_ms' AS check_name,
                   percentile_disc(0.5) WITHIN GROUP (ORDER BY fresh_ms) AS value, 2000 AS warn_above, 10000 AS fail_above,
                   NULL::jsonb AS sample_json FROM waited
            UNION ALL
            SELECT 'freshness', 'commit_to_result_p99_ms', percentile_disc(0.99) WITHIN GROUP (ORDER BY fresh_ms), 2000, 10000,
                   NULL FROM waited
            UNION ALL
            SELECT 'validity', 'created_to_commit_p99_s', percentile_disc(0.99) WITHIN GROUP (ORDER BY late_s), 60, 86400,
                   NULL FROM waited""";

    /** What the watch over the source raised and what was open on that day; a name of the table, of a column or the publication. */
    private static final String PROBLEMS = """
            WITH open AS (
                SELECT subject, severity FROM agentpulse.alert_record
                 WHERE rule = 'pipeline' AND details ->> 'check' = 'source'
                   AND opened_at < %3$s AND (resolved_at IS NULL OR resolved_at >= %2$s)
                   AND (subject = %1$s OR starts_with(subject, %1$s || '.') OR starts_with(subject, 'publication '))
            )
            SELECT 'schema' AS dimension, 'source_problems' AS check_name, count(*)::numeric AS value, 0 AS warn_above,
                   -- One that is critical fails.
                   CASE WHEN bool_or(severity = 'critical') THEN 0 ELSE 100 END AS fail_above,
                   to_jsonb((array_agg(DISTINCT subject))[1:5]) AS sample_json FROM open""";

    private static final String FIGURES = """
            SELECT 'accuracy' AS dimension, 'figures_unequal' AS check_name,
                   CASE WHEN count(equal) > 0 THEN count(*) FILTER (WHERE NOT equal) END::numeric AS value,
                   0 AS warn_above, 0 AS fail_above,
                   to_jsonb((array_agg(DISTINCT scope) FILTER (WHERE NOT equal))[1:5]) AS sample_json
              FROM agentpulse.audit_result
             WHERE run_at >= %2$s AND run_at < %3$s AND scope = ANY (%1$s)""";

    private final Connection connection;
    private final SourceConfig source;
    private final SeenColumns columns;

    /** @param connection the tick writer's, with auto-commit off */
    PipelineChecks(Connection connection, SourceConfig source) {
        this.connection = connection;
        this.source = source;
        this.columns = new SeenColumns(connection);
    }

    /** Runs the checks, in the transaction of the caller. */
    List<DailyQuality.Check> check(DailyQuality.Task task) throws SQLException {
        SourceTable table = task.table();
        TableName name = source.table(table);
        List<DailyQuality.Check> checks = new ArrayList<>();
        add(checks, FRESHNESS, channel(table).channelName(), task.day());
        add(checks, PROBLEMS, literal(name.toString()), task.day());
        add(checks, FIGURES, "'{" + audited(table) + "}'", task.day());
        checks.addAll(columns.check(table, name, task.day()));
        return checks;
    }

    private static Channel channel(SourceTable table) {
        return switch (table) {
            case QUERIES -> Channel.AGENT_QUERIES;
            case APPROVALS -> Channel.APPROVAL_QUEUE;
            case FEEDBACK -> Channel.TRAINING_FEEDBACK;
        };
    }

    private static String audited(SourceTable table) {
        return String.join(
                ",",
                Stream.of(AuditedTable.values())
                        .filter(of -> of.source() == table)
                        .map(AuditedTable::table)
                        .toList());
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private void add(List<DailyQuality.Check> checks, String sql, String of, LocalDate day) throws SQLException {
        String from = "'" + day + " 00:00:00+00'::timestamptz";
        String until = "'" + day.plusDays(1) + " 00:00:00+00'::timestamptz";
        try (PreparedStatement query = connection.prepareStatement(sql.formatted(of, from, until));
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                checks.add(DailyQuality.check(row));
            }
        }
    }
}
