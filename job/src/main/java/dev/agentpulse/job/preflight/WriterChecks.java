package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** That the results are there to be written, and that the user may. */
record WriterChecks(Catalog catalog, TableName heartbeat) {

    private static final String SUBJECT = "result tables";
    private static final double MUCH_OF_THE_QUEUE = 0.5;

    private static final List<String> RESULT_TABLES = List.of(
            "agentpulse.agent_performance",
            "agentpulse.agent_health",
            "agentpulse.approval_queue",
            "agentpulse.approval_activity",
            "agentpulse.training_quality",
            "agentpulse.annotator_activity",
            "agentpulse.agent_performance_history",
            "agentpulse.approval_history",
            "agentpulse.training_history",
            "agentpulse.history_reach",
            "agentpulse.history_progress",
            "agentpulse.agent_trend",
            "agentpulse.agent_forecast",
            "agentpulse.agent_quality",
            "agentpulse.approval_forecast",
            "agentpulse.alert_record",
            "agentpulse.channel_event",
            "agentpulse.rejected_change");

    List<Finding> findings() throws SQLException {
        String user = catalog.user();
        if (catalog.rows("SELECT FROM pg_namespace WHERE nspname = 'agentpulse'")
                .isEmpty()) {
            return List.of(Finding.error(
                    SUBJECT, "This database has no schema agentpulse to write results to.", "./agentpulse migrate"));
        }
        if (!catalog.row("SELECT has_schema_privilege('agentpulse', 'USAGE') AS usable")
                .is("usable")) {
            return List.of(denied(user, "schema agentpulse"));
        }
        List<Finding> findings = new ArrayList<>();
        for (String table : RESULT_TABLES) {
            writable(findings, user, table, "SELECT", "INSERT", "UPDATE", "DELETE");
        }
        writable(findings, user, "agentpulse.pipeline_status", "SELECT", "INSERT", "UPDATE");
        writable(findings, user, "agentpulse.staged_record", "SELECT", "INSERT", "DELETE", "TRUNCATE");
        column(findings, "agentpulse.staged_record", "event_time");
        writable(findings, user, heartbeat.quoted(), "SELECT", "UPDATE");
        callable(findings, user, "agentpulse.note_retention(text[], bigint[], bigint[], bigint[], text[])");
        callable(findings, user, "agentpulse.history_partitions(text)");
        callable(findings, user, "agentpulse.make_history_partition(text, text, timestamptz, boolean)");
        callable(findings, user, "agentpulse.drop_history_partition(text, text, timestamptz)");
        callable(
                findings,
                user,
                "agentpulse.corrected_distribution(anycompatiblearray, integer[], anycompatiblearray, integer[])");
        callable(
                findings, user, "agentpulse.distribution_figures(integer[], integer[], integer[], integer[], integer)");
        findings.addAll(notificationQueue());
        if (findings.isEmpty()) {
            findings.add(Finding.ok(SUBJECT, "User " + user + " may write all results and the heartbeat."));
        }
        return findings;
    }

    private void writable(List<Finding> findings, String user, String table, String... privileges) throws SQLException {
        if (catalog.row("SELECT to_regclass(?) IS NULL AS missing", table).is("missing")) {
            findings.add(Finding.error(SUBJECT, "The table " + table + " does not exist.", "./agentpulse migrate"));
            return;
        }
        for (String privilege : privileges) {
            if (!catalog.row("SELECT has_table_privilege(?, ?) AS allowed", table, privilege)
                    .is("allowed")) {
                findings.add(denied(user, table));
                return;
            }
        }
    }

    /** For what is written now and then only: that it is missing must not show in the middle of it. */
    private void column(List<Finding> findings, String table, String column) throws SQLException {
        if (catalog.rows(
                        "SELECT FROM pg_attribute WHERE attrelid = to_regclass(?) AND attname = ? AND NOT attisdropped",
                        table,
                        column)
                .isEmpty()) {
            findings.add(Finding.error(
                    SUBJECT, "The column " + column + " of " + table + " does not exist.", "./agentpulse migrate"));
        }
    }

    private void callable(List<Finding> findings, String user, String function) throws SQLException {
        if (catalog.row("SELECT to_regprocedure(?) IS NULL AS missing", function)
                .is("missing")) {
            findings.add(
                    Finding.error(SUBJECT, "The function " + function + " does not exist.", "./agentpulse migrate"));
        } else if (!catalog.row("SELECT has_function_privilege(?, 'EXECUTE') AS allowed", function)
                .is("allowed")) {
            findings.add(denied(user, function));
        }
    }

    /** A full queue refuses every commit with a notification; asking for its usage also frees what nobody needs. */
    List<Finding> notificationQueue() throws SQLException {
        double used = Double.parseDouble(
                catalog.row("SELECT pg_notification_queue_usage() AS used").get("used"));
        return used <= MUCH_OF_THE_QUEUE
                ? List.of()
                : List.of(Finding.warning(
                        "notifications",
                        "The queue of notifications is more than half full: a listener sleeps in a transaction, or"
                                + " somebody sends very many.",
                        "Find it: SELECT pid, usename, xact_start FROM pg_stat_activity WHERE state = 'idle in"
                                + " transaction' ORDER BY xact_start"));
    }

    private static Finding denied(String user, String what) {
        return Finding.error(
                SUBJECT, "User " + user + " may not write to " + what + ".", "GRANT agentpulse_writer TO " + user);
    }
}
