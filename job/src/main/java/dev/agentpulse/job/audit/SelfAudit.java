package dev.agentpulse.job.audit;

import dev.agentpulse.job.config.JobConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares one unit at one position of the log.
 *
 * <p>A snapshot of the database may be ahead of what the job has read of the log, so unequal figures prove nothing yet. When
 * the job has read past all that the snapshot held, the unit is compared again: a row that is still unequal and was not
 * written in between is wrong; if it was written, that was for a change, and all is tried again.
 */
final class SelfAudit {

    private static final int ATTEMPTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 50;

    /** Connection failures; whatever else a statement ends with is about the unit. */
    private static final String CONNECTION_CLASS = "08";

    private static final String QUERY_CANCELED = "57014";

    private static final String WHERE = "SELECT min(as_of) AS as_of, (extract(epoch FROM min(as_of)) * 1000000)::bigint"
            + " AS as_of_micros, min(commit_lsn) AS commit_lsn, pg_current_wal_insert_lsn() AS snapshot_lsn"
            + " FROM agentpulse.pipeline_status";

    private static final String PASSED =
            "SELECT coalesce(min(commit_lsn) > '%s'::pg_lsn, false) FROM agentpulse.pipeline_status";

    private static final String PURGED =
            "SELECT EXISTS (SELECT FROM agentpulse.%s WHERE bucket = '1d' AND purged_rows > 0)";

    private final Connection connection;
    private final JobConfig config;
    private final Comparison comparison;
    private final Log log;
    private long spentNanos;

    /** Waits for the job to read on. */
    interface Log {
        /**
         * Waits until the job has read the log past a position.
         *
         * @return false if it has not in reasonable time
         */
        boolean awaitPast(String lsn) throws SQLException, InterruptedException;
    }

    /** Where the log is. */
    private record Place(
            @Nullable String asOf,
            long asOfMicros,
            @Nullable String commitLsn,
            String snapshotLsn) {}

    private record Look(
            Place place,
            Comparison.Picture picture,
            @Nullable String cannotTell) {}

    /** @param connection read only, repeatable read, without auto-commit, with a limit on statements */
    SelfAudit(Connection connection, JobConfig config) {
        this(connection, config, null);
    }

    /** @param log waits; null for waiting until the results say so */
    SelfAudit(Connection connection, JobConfig config, @Nullable Log log) {
        this.log = log == null ? this::awaitLog : log;
        this.connection = connection;
        this.config = config;
        this.comparison = new Comparison(connection, config.alerts(), new OracleSql(config.source()));
    }

    /**
     * Compares a unit, or the first part of it that can be compared in time.
     *
     * @throws SQLException if the connection is gone
     */
    AuditResult prove(AuditUnit unit) throws SQLException, InterruptedException {
        AuditUnit tried = unit;
        while (true) {
            spentNanos = 0;
            try {
                return compare(tried);
            } catch (SQLException e) {
                String state = String.valueOf(e.getSQLState());
                if (state.startsWith(CONNECTION_CLASS) || connection.isClosed()) {
                    throw e;
                }
                connection.rollback();
                AuditUnit narrower = QUERY_CANCELED.equals(state) ? tried.narrower() : null;
                if (narrower == null) {
                    return inconclusive(tried, null, 0, "a statement was refused: " + e.getMessage());
                }
                tried = narrower;
            }
        }
    }

    private AuditResult compare(AuditUnit unit) throws SQLException, InterruptedException {
        Look look = look(unit);
        for (int attempt = 1; !look.picture.differences().isEmpty(); attempt++) {
            if (look.cannotTell != null) {
                return inconclusive(unit, look.place, look.picture.figures(), look.cannotTell);
            }
            if (!log.awaitPast(look.place.snapshotLsn)) {
                return inconclusive(
                        unit,
                        look.place,
                        look.picture.figures(),
                        "results did not catch up within " + PATIENCE.toSeconds() + " s");
            }
            Look later = look(unit);
            List<AuditResult.WrongRow> wrong = unwritten(look.picture, later.picture);
            if (!wrong.isEmpty() && later.cannotTell == null) {
                return result(unit, later.place, later.picture.figures(), false, null, wrong);
            }
            if (attempt == ATTEMPTS && !later.picture.differences().isEmpty()) {
                return inconclusive(
                        unit, later.place, later.picture.figures(), "rows were written whenever they were looked at");
            }
            look = later;
        }
        return result(unit, look.place, look.picture.figures(), true, null, List.of());
    }

    /** Rows that are unequal in both pictures and were not written between them. */
    private static List<AuditResult.WrongRow> unwritten(Comparison.Picture before, Comparison.Picture after) {
        List<AuditResult.WrongRow> wrong = new ArrayList<>();
        for (Map.Entry<String, Comparison.Difference> entry :
                after.differences().entrySet()) {
            Comparison.Difference earlier = before.differences().get(entry.getKey());
            Comparison.Difference later = entry.getValue();
            if (earlier != null && Objects.equals(earlier.version(), later.version())) {
                wrong.add(new AuditResult.WrongRow(later.key(), later.is(), later.shouldBe()));
            }
        }
        return wrong;
    }

    private Look look(AuditUnit unit) throws SQLException {
        long begun = System.nanoTime();
        try {
            Place place = place();
            Comparison.Picture picture = comparison.compare(unit);
            boolean old = unit.table().isHistory()
                    && unit.fromMicros() < place.asOfMicros - config.history().correctDeletesMicros();
            if (!old) {
                return new Look(place, picture, place.asOf == null ? "there are no results yet" : null);
            }
            // What was purged is in history and nowhere else.
            picture.differences().values().removeIf(Comparison.Difference::purged);
            boolean gone = picture.ofOracle() == 0 || isPurgedElsewhere(unit);
            return new Look(place, picture, gone ? "the source table no longer holds all rows" : null);
        } finally {
            connection.rollback();
            spentNanos += System.nanoTime() - begun;
        }
    }

    /** An approval is in two buckets, and counted as purged in one. */
    private boolean isPurgedElsewhere(AuditUnit unit) throws SQLException {
        return unit.table() == AuditedTable.APPROVAL_HISTORY
                && "t".equals(value(PURGED.formatted(unit.table().table())));
    }

    private Place place() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WHERE)) {
            row.next();
            return new Place(
                    row.getString("as_of"),
                    row.getLong("as_of_micros"),
                    row.getString("commit_lsn"),
                    row.getString("snapshot_lsn"));
        }
    }

    private boolean awaitLog(String lsn) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String passed = value(PASSED.formatted(lsn));
            connection.rollback();
            if ("t".equals(passed)) {
                return true;
            }
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private String value(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private AuditResult inconclusive(AuditUnit unit, @Nullable Place place, long figures, String reason) {
        return result(unit, place, figures, null, reason, List.of());
    }

    private AuditResult result(
            AuditUnit unit,
            @Nullable Place place,
            long figures,
            @Nullable Boolean equal,
            @Nullable String reason,
            List<AuditResult.WrongRow> wrong) {
        return new AuditResult(
                unit.table(),
                unit.key(),
                place == null ? null : place.asOf,
                place == null ? null : place.commitLsn,
                figures,
                equal,
                unit,
                reason,
                wrong,
                TimeUnit.NANOSECONDS.toMillis(spentNanos),
                List.of());
    }
}
