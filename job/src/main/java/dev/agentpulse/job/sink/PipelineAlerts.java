package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.preflight.Finding;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Alerts of rule {@code pipeline}: one for each finding, open for as long as it is found. */
final class PipelineAlerts {

    private static final String RULE = AlertRule.PIPELINE.text();

    /** In {@code details}: which of the pipeline's checks the alert is of. */
    private static final String CHECK = "source";

    private static final String UNRESOLVED = "a.rule = '" + RULE + "' AND a.status <> 'resolved'"
            + " AND a.details ->> 'check' = '" + CHECK + "'"
            + " AND a.subject = f.subject AND a.details ->> 'sentence' = f.sentence";

    private static final String OPEN = """
            INSERT INTO agentpulse.alert_record
                (alert_id, rule, subject, severity, status, details, opened_at, detected_at)
            SELECT DISTINCT ON (f.subject, f.sentence)
                   '%1$s:' || f.subject || ':' || to_hex(hashtextextended(f.sentence, 0)) || ':'
                       || (extract(epoch FROM now()) * 1000000)::bigint,
                   '%1$s', f.subject, f.severity, 'open',
                   jsonb_build_object('check', '%2$s', 'sentence', f.sentence), now(), now()
              FROM unnest(?::text[], ?::text[], ?::text[]) AS f (subject, sentence, severity)
             WHERE NOT EXISTS (SELECT FROM agentpulse.alert_record a WHERE %3$s)
                ON CONFLICT (alert_id) DO NOTHING""".formatted(RULE, CHECK, UNRESOLVED);

    private static final String RESOLVE = """
            UPDATE agentpulse.alert_record AS o SET status = 'resolved', resolved_at = clock_timestamp()
             WHERE o.rule = '%1$s' AND o.status <> 'resolved' AND o.details ->> 'check' = '%2$s'
               AND NOT EXISTS (SELECT FROM unnest(?::text[], ?::text[]) AS f (subject, sentence)
                                WHERE f.subject = o.subject AND f.sentence = o.details ->> 'sentence')""".formatted(RULE, CHECK);

    private PipelineAlerts() {}

    /**
     * Opens an alert for each finding that has none, and resolves those whose finding is not among them.
     *
     * @param writer in auto-commit mode
     */
    static void keepOpen(Connection writer, List<Finding> findings) throws SQLException {
        Array subjects = texts(writer, findings, Finding::subject);
        Array sentences = texts(writer, findings, Finding::sentence);
        try (PreparedStatement open = writer.prepareStatement(OPEN);
                PreparedStatement resolve = writer.prepareStatement(RESOLVE)) {
            open.setArray(1, subjects);
            open.setArray(2, sentences);
            open.setArray(3, texts(writer, findings, PipelineAlerts::severity));
            open.execute();
            resolve.setArray(1, subjects);
            resolve.setArray(2, sentences);
            resolve.execute();
        }
    }

    private static String severity(Finding finding) {
        return finding.severity() == Finding.Severity.ERROR
                ? "critical"
                : Finding.Severity.WARNING.name().toLowerCase(Locale.ROOT);
    }

    private static Array texts(Connection writer, List<Finding> findings, Function<Finding, String> text)
            throws SQLException {
        return writer.createArrayOf("text", findings.stream().map(text).toArray());
    }
}
