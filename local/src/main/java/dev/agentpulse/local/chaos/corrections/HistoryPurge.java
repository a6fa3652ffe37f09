package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A DELETE of everything older than two days, and what it changed of history. To be used while nobody else writes and results
 * are complete.
 */
final class HistoryPurge {

    /** What may change of a bucket. */
    private static final Set<String> BOOKKEEPING =
            Set.of("purged_rows", "revision", "corrected_at", "as_of", "commit_lsn");

    private static final List<Purged> TABLES = List.of(
            new Purged("agent_performance_history", "agent", "agent_queries", "created_at"),
            // An approval that was decided later is younger: its decision is in a bucket of that time.
            new Purged("approval_history", "queue", "agent_approvals", "greatest(created_at, updated_at)"),
            new Purged("training_history", "dataset", "agent_feedback", "created_at"));

    private final Connection connection;
    private final String endedBy;
    private final String limit;

    /**
     * A table that rows are purged of.
     *
     * @param history its history table
     * @param subject the column of that which says what a bucket is about
     * @param newest the latest of a row's times
     */
    private record Purged(String history, String subject, String source, String newest) {

        String key() {
            return subject + ", bucket, bucket_start";
        }
    }

    private HistoryPurge(Connection connection, String endedBy, String limit) {
        this.connection = connection;
        this.endedBy = endedBy;
        this.limit = limit;
    }

    /**
     * Copies the buckets that have ended.
     *
     * @param connection with auto-commit on, whose session the copy lasts for
     */
    static HistoryPurge prepare(Connection connection) throws SQLException {
        HistoryPurge purge = new HistoryPurge(
                connection,
                only(connection, "SELECT min(as_of) FROM agentpulse.pipeline_status"),
                only(connection, "SELECT now() - interval '2 days'"));
        for (Purged table : TABLES) {
            Sql.run(
                    connection,
                    "CREATE TEMP TABLE kept_" + table.history() + " AS " + purge.ended(table),
                    purge.countToBePurged(table));
        }
        return purge;
    }

    /** Deletes all of it by one transaction, and says how many rows that were. */
    String carryOut() throws SQLException {
        List<String> deleted = new ArrayList<>();
        Sql.run(connection, "BEGIN");
        for (Purged table : TABLES) {
            String delete = "WITH deleted AS (DELETE FROM " + table.source() + " WHERE " + isOld(table)
                    + " RETURNING id) SELECT count(*) FROM deleted";
            deleted.add(only(connection, delete) + " rows of " + table.source());
        }
        Sql.run(connection, "COMMIT");
        return String.join(", ", deleted);
    }

    /** How many buckets are compared: what retention removes meanwhile is not. */
    String compared() throws SQLException {
        List<String> compared = new ArrayList<>();
        for (Purged table : TABLES) {
            compared.add(
                    only(connection, "SELECT count(*) FROM " + withinReach(table, "kept_" + table.history()) + " AS k")
                            + " of " + table.history());
        }
        return String.join(", ", compared);
    }

    /**
     * Buckets that are not as they were, with the columns that changed, and lengths of buckets that did not count the rows as
     * purged. To be asked when results have read the purge.
     */
    List<String> differences() throws SQLException {
        List<String> differences = new ArrayList<>();
        for (Purged table : TABLES) {
            differences.addAll(Sql.rows(connection, changes(table)));
            differences.addAll(Sql.rows(connection, miscounted(table)));
        }
        return differences;
    }

    private String changes(Purged table) throws SQLException {
        String changed = figures(table).stream()
                .map(column -> "CASE WHEN k." + column + " IS DISTINCT FROM h." + column + " THEN '" + column + "' END")
                .collect(Collectors.joining(", "));
        return "SELECT * FROM (SELECT '" + table.history() + "', " + table.key() + ", nullif(concat_ws(', ', " + changed
                + "), '') AS changed FROM " + withinReach(table, "kept_" + table.history()) + " AS k FULL JOIN "
                + withinReach(table, "(" + ended(table) + ")") + " AS h USING (" + table.key()
                + ")) AS compared WHERE changed IS NOT NULL";
    }

    /** Those that have ended when history was copied. */
    private String ended(Purged table) throws SQLException {
        return "SELECT " + table.key() + ", " + String.join(", ", figures(table)) + " FROM agentpulse."
                + table.history() + " WHERE bucket_end <= '" + endedBy + "'";
    }

    private List<String> figures(Purged table) throws SQLException {
        List<String> key = List.of(table.key().split(", "));
        return Sql.columns(connection, "SELECT * FROM agentpulse." + table.history()).stream()
                .filter(column -> !key.contains(column) && !BOOKKEEPING.contains(column))
                .toList();
    }

    private static String withinReach(Purged table, String buckets) {
        return "(SELECT b.* FROM " + buckets + " AS b JOIN agentpulse.history_reach AS r ON r.history_table = '"
                + table.history() + "' AND r.bucket = b.bucket WHERE b.bucket_start >= r.complete_from)";
    }

    private String isOld(Purged table) {
        return table.newest() + " < '" + limit + "'";
    }

    /** For each length, how many rows its buckets are to have counted as purged then. */
    private String countToBePurged(Purged table) {
        return "CREATE TEMP TABLE to_be_purged_" + table.history() + " AS SELECT r.bucket, r.complete_from, "
                + counted(table, "r") + " + count(s.id) AS purged FROM agentpulse.history_reach AS r LEFT JOIN "
                + table.source() + " AS s ON s.created_at >= r.complete_from AND " + isOld(table)
                + " WHERE r.history_table = '" + table.history() + "' GROUP BY r.bucket, r.complete_from";
    }

    private static String miscounted(Purged table) {
        return "SELECT '" + table.history() + "', t.bucket, 'purged_rows are ' || " + counted(table, "t")
                + " || ' and should be ' || t.purged FROM to_be_purged_" + table.history()
                + " AS t JOIN agentpulse.history_reach AS r ON r.history_table = '" + table.history()
                + "' AND r.bucket = t.bucket AND r.complete_from = t.complete_from WHERE " + counted(table, "t")
                + " <> t.purged";
    }

    private static String counted(Purged table, String of) {
        return "(SELECT coalesce(sum(p.purged_rows), 0) FROM agentpulse." + table.history() + " AS p WHERE p.bucket = "
                + of + ".bucket)";
    }

    private static String only(Connection connection, String query) throws SQLException {
        return Sql.rows(connection, query).get(0);
    }
}
