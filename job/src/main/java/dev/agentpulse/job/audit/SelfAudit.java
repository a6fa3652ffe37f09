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
    private static final String WRITTEN_ALWAYS = "rows were written whenever they were looked at";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String NOT_CAUGHT_UP = "results did not catch up within " + PATIENCE.toSeconds() + " s";
    private static final long PAUSE_MILLIS = 50;

    /** Connection failures; whatever else a statement ends with is about the unit. */
    private static final String CONNECTION_CLASS = "08";

    static final String QUERY_CANCELED = "57014";

    private static final String WHERE = "SELECT min(as_of) AS as_of, (extract(epoch FROM min(as_of)) * 1000000)::bigint"
            + " AS as_of_micros, min(commit_lsn) AS commit_lsn, pg_current_wal_insert_lsn() AS snapshot_lsn"
            + " FROM agentpulse.pipeline_status";

    private static final String NO_RESULTS = "there are no results yet";

    /** The planner takes the source rows for few: it would go through them again for each row, or sort them. */
    private static final String TOGETHER =
            "SET LOCAL statement_timeout = %d; SET LOCAL enable_nestloop = off; SET LOCAL enable_sort = off";

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
                if (isGone(e)) {
                    throw e;
                }
                connection.rollback();
                AuditUnit narrower = QUERY_CANCELED.equals(e.getSQLState()) ? tried.narrower() : null;
                if (narrower == null) {
                    return inconclusive(tried, null, 0, "a statement was refused: " + e.getMessage());
                }
                tried = narrower;
            }
        }
    }

    /**
     * Compares all rows of subjects, each look at them by one statement.
     *
     * @param timeoutMillis how long a statement may take
     * @return a result a subject; null if a statement took too long or was refused
     * @throws SQLException if the connection is gone
     */
    @Nullable
    List<AuditResult> prove(Subjects subjects, long timeoutMillis) throws SQLException, InterruptedException {
        spentNanos = 0;
        try {
            return share(compare(subjects, timeoutMillis));
        } catch (SQLException e) {
            if (isGone(e)) {
                throw e;
            }
            connection.rollback();
            return null;
        }
    }

    /** How long the statements of the last comparison took. */
    long spentMillis() {
        return TimeUnit.NANOSECONDS.toMillis(spentNanos);
    }

    private boolean isGone(SQLException e) throws SQLException {
        return String.valueOf(e.getSQLState()).startsWith(CONNECTION_CLASS) || connection.isClosed();
    }

    private List<AuditResult> compare(Subjects subjects, long timeoutMillis) throws SQLException, InterruptedException {
        List<AuditResult> results = new ArrayList<>();
        Subjects open = subjects;
        Look before = null;
        for (int attempt = 0; !open.names().isEmpty(); attempt++) {
            Look look = look(open, timeoutMillis);
            List<AuditResult.WrongRow> wrong = before == null ? List.of() : unwritten(before.picture, look.picture);
            String reason = look.cannotTell != null ? look.cannotTell : attempt == ATTEMPTS ? WRITTEN_ALWAYS : null;
            List<String> unequal = new ArrayList<>();
            for (String name : open.names()) {
                AuditUnit unit = AuditUnit.of(subjects.table(), name);
                long figures = look.picture.figures().getOrDefault(name, 0L);
                List<AuditResult.WrongRow> ofName =
                        wrong.stream().filter(row -> row.subject().equals(name)).toList();
                if (look.picture.differences().values().stream()
                        .noneMatch(row -> row.subject().equals(name))) {
                    results.add(result(unit, look.place, figures, true, null, List.of()));
                } else if (!ofName.isEmpty() && look.cannotTell == null) {
                    results.add(result(unit, look.place, figures, false, null, ofName));
                } else if (reason != null) {
                    results.add(inconclusive(unit, look.place, figures, reason));
                } else {
                    unequal.add(name);
                }
            }
            if (!unequal.isEmpty() && !log.awaitPast(look.place.snapshotLsn)) {
                for (String name : unequal) {
                    AuditUnit unit = AuditUnit.of(subjects.table(), name);
                    results.add(inconclusive(
                            unit, look.place, look.picture.figures().getOrDefault(name, 0L), NOT_CAUGHT_UP));
                }
                return results;
            }
            open = new Subjects(subjects.table(), unequal);
            before = look;
        }
        return results;
    }

    /** What all took together, in even parts. */
    private List<AuditResult> share(List<AuditResult> results) {
        List<AuditResult> shared = new ArrayList<>();
        long left = spentMillis();
        for (AuditResult result : results) {
            long millis = left / (results.size() - shared.size());
            left -= millis;
            shared.add(result.took(millis));
        }
        return shared;
    }

    private AuditResult compare(AuditUnit unit) throws SQLException, InterruptedException {
        Look look = look(unit);
        for (int attempt = 1; !look.picture.differences().isEmpty(); attempt++) {
            if (look.cannotTell != null) {
                return inconclusive(unit, look.place, look.picture.allFigures(), look.cannotTell);
            }
            if (!log.awaitPast(look.place.snapshotLsn)) {
                return inconclusive(unit, look.place, look.picture.allFigures(), NOT_CAUGHT_UP);
            }
            Look later = look(unit);
            List<AuditResult.WrongRow> wrong = unwritten(look.picture, later.picture);
            if (!wrong.isEmpty() && later.cannotTell == null) {
                return result(unit, later.place, later.picture.allFigures(), false, null, wrong);
            }
            if (attempt == ATTEMPTS && !later.picture.differences().isEmpty()) {
                return inconclusive(unit, later.place, later.picture.allFigures(), WRITTEN_ALWAYS);
            }
            look = later;
        }
        return result(unit, look.place, look.picture.allFigures(), true, null, List.of());
    }

    /** Rows that are unequal in both pictures and were not written between them. */
    private static List<AuditResult.WrongRow> unwritten(Comparison.Picture before, Comparison.Picture after) {
        List<AuditResult.WrongRow> wrong = new ArrayList<>();
        for (Map.Entry<String, Comparison.Difference> entry :
                after.differences().entrySet()) {
            Comparison.Difference earlier = before.differences().get(entry.getKey());
            Comparison.Difference later = entry.getValue();
            if (earlier != null && Objects.equals(earlier.version(), later.version())) {
                wrong.add(new AuditResult.WrongRow(later.subject(), later.key(), later.is(), later.shouldBe()));
            }
        }
        return wrong;
    }

    private Look look(Subjects subjects, long timeoutMillis) throws SQLException {
        long begun = System.nanoTime();
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute(TOGETHER.formatted(timeoutMillis));
            }
            Place place = place();
            Comparison.Picture picture = comparison.compare(subjects);
            return new Look(place, picture, place.asOf == null ? NO_RESULTS : null);
        } finally {
            spentNanos += System.nanoTime() - begun;
            connection.rollback();
        }
    }

    private Look look(AuditUnit unit) throws SQLException {
        long begun = System.nanoTime();
        try {
            Place place = place();
            Comparison.Picture picture = comparison.compare(unit);
            boolean old = unit.table().isHistory()
                    && unit.fromMicros() < place.asOfMicros - config.history().correctDeletesMicros();
            if (!old) {
                return new Look(place, picture, place.asOf == null ? NO_RESULTS : null);
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
