package dev.agentpulse.job.audit;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SearchedTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what is audited: in every run what was wrong before and something of each kind; then, as long as its time lasts,
 * all rows of what is now, many by one statement; and history in the time that they leave, so that every row has its turn.
 * Not for several threads.
 */
public final class AuditRun {

    /** The share of a core that statements may take. */
    private static final double SHARE = 0.004;

    private static final long LEAST_MILLIS = 50;

    /** Statements end after this time; one for many subjects may take as long as a run. */
    static final long STATEMENT_MILLIS = 500;

    /** A day that takes longer than this is audited once an hour. */
    private static final long LONG_MILLIS = 50;

    private static final Duration BETWEEN_LONG = Duration.ofHours(1);

    private static final List<AuditedTable> HISTORY = List.of(
            AuditedTable.AGENT_PERFORMANCE_HISTORY, AuditedTable.APPROVAL_HISTORY, AuditedTable.TRAINING_HISTORY);

    private static final List<AuditedTable> OF_ONE =
            List.of(AuditedTable.APPROVAL_QUEUE, AuditedTable.APPROVAL_ACTIVITY, AuditedTable.TRAINING_QUALITY);

    private static final String RANDOM_HOUR = "SELECT agent, (extract(epoch FROM bucket_start) * 1000000)::bigint"
            + " FROM agentpulse.agent_performance_history WHERE bucket = '15m' AND zone = 'UTC'"
            + " AND bucket_start <= (SELECT min(as_of) FROM agentpulse.pipeline_status) - ? * interval '7 days'"
            + " ORDER BY bucket_start DESC LIMIT 20";

    private final JobConfig config;
    private final Random random;
    private final long statementMillis;
    private final UnitStream newest = UnitStream.ofSubjects(AuditedTable.AGENT_HEALTH);

    /** Whichever had no time in a run is the first of the next one. */
    private final List<SubjectStream> subjects = new ArrayList<>(List.of(
            new SubjectStream(AuditedTable.AGENT_PERFORMANCE),
            new SubjectStream(AuditedTable.AGENT_HEALTH),
            new SubjectStream(AuditedTable.ANNOTATOR_ACTIVITY)));

    private final List<UnitStream> hours =
            HISTORY.stream().map(table -> UnitStream.ofHistory(table, false)).toList();
    private final List<Days> days = HISTORY.stream()
            .map(table -> new Days(UnitStream.ofHistory(table, true)))
            .toList();

    /** The days of one history, and when the last one was audited that took long. */
    private static final class Days {
        private final UnitStream stream;
        private @Nullable Long longNanos;

        Days(UnitStream stream) {
            this.stream = stream;
        }

        boolean isDue(long nowNanos) {
            return longNanos == null || nowNanos - longNanos > BETWEEN_LONG.toNanos();
        }
    }

    private enum Why {
        /** It was wrong before; it is over when there is nothing wrong, be it because there is nothing. */
        AGAIN,
        SAMPLE,
        /** Results that are equal are summed up. */
        SWEEP
    }

    /** One run. */
    private final class Pass {
        private final Connection connection;
        private final SelfAudit audit;
        private final Map<SourceTable, String> unsearchable = new EnumMap<>(SourceTable.class);
        private final EnumSet<AuditedTable> told = EnumSet.noneOf(AuditedTable.class);
        private final List<AuditResult> results = new ArrayList<>();
        private final Map<AuditedTable, AuditResult> swept = new EnumMap<>(AuditedTable.class);
        private final Map<AuditedTable, Integer> units = new EnumMap<>(AuditedTable.class);
        private long spentMillis;

        Pass(Connection connection) {
            this.connection = connection;
            this.audit = new SelfAudit(connection, config);
        }

        /** How long it took; 0 if there was none. */
        long audit(@Nullable AuditUnit unit, Why why) throws SQLException, InterruptedException {
            if (unit == null) {
                return 0;
            }
            if (isUnsearchable(unit)) {
                return 0;
            }
            AuditResult result = audit.prove(unit);
            spentMillis += result.millis();
            add(result, why);
            return result.millis();
        }

        private boolean isUnsearchable(AuditUnit unit) {
            String reason = unsearchable.get(unit.table().source());
            if (reason != null && told.add(unit.table())) {
                results.add(new AuditResult(
                        unit.table(), unit.key(), null, null, 0, null, unit, reason, List.of(), 0, List.of()));
            }
            return reason != null;
        }

        /**
         * Compares subjects by one statement; one alone like any other unit.
         *
         * @return whether it did: fewer at once may succeed
         */
        boolean audit(Subjects batch, SubjectStream stream, long timeoutMillis)
                throws SQLException, InterruptedException {
            AuditUnit first = AuditUnit.of(batch.table(), batch.names().get(0));
            if (batch.names().size() == 1 || isUnsearchable(first)) {
                stream.took(audit(first, Why.SWEEP), timeoutMillis);
                return true;
            }
            List<AuditResult> proven = audit.prove(batch, timeoutMillis);
            spentMillis += audit.spentMillis();
            if (proven == null) {
                stream.tookTooLong(batch, audit.spentMillis());
                return false;
            }
            stream.took(audit.spentMillis(), timeoutMillis);
            proven.forEach(result -> add(result, Why.SWEEP));
            return true;
        }

        private void add(AuditResult result, Why why) {
            boolean equal = Boolean.TRUE.equals(result.equal());
            if (equal && result.figures() == 0 && why != Why.AGAIN) {
                return;
            }
            if (equal && why == Why.SWEEP) {
                int count = units.merge(result.table(), 1, Integer::sum);
                swept.merge(result.table(), result, (sum, one) -> sum.and(one, count));
            } else {
                results.add(result);
            }
        }

        List<AuditResult> results() {
            results.addAll(swept.values());
            return results;
        }
    }

    public AuditRun(JobConfig config, Random random) {
        this(config, random, STATEMENT_MILLIS);
    }

    /** @param statementMillis after how long statements end */
    AuditRun(JobConfig config, Random random, long statementMillis) {
        this.config = config;
        this.random = random;
        this.statementMillis = statementMillis;
    }

    /**
     * Audits.
     *
     * @param connection of its own, which is set up here; closed by the caller
     * @param again what was wrong in earlier runs
     * @param budgetMillis how long statements may take, as {@link #budgetMillis}
     */
    public List<AuditResult> run(Connection connection, List<AuditUnit> again, long budgetMillis)
            throws SQLException, InterruptedException {
        Pass pass = new Pass(connection);
        pass.unsearchable.putAll(SearchedTables.notSearchable(connection, config.source()));
        setUp(connection, statementMillis);
        for (AuditUnit unit : again) {
            pass.audit(unit, Why.AGAIN);
        }
        pass.audit(newestHour(connection), Why.SAMPLE);
        pass.audit(randomHour(connection), Why.SAMPLE);
        for (AuditedTable table : OF_ONE) {
            pass.audit(AuditUnit.of(table, null), Why.SAMPLE);
        }
        List<UnitStream> openHours = new ArrayList<>(hours);
        List<Days> openDays = new ArrayList<>(days);
        // One of each history in every run, whatever else there is.
        sweepHistory(pass, openHours, openDays, true);
        sweepSubjects(pass, budgetMillis);
        while (pass.spentMillis < budgetMillis && !(openHours.isEmpty() && openDays.isEmpty())) {
            sweepHistory(pass, openHours, openDays, false);
        }
        return pass.results();
    }

    /** Statements may take so long in a run. */
    public static long budgetMillis(long intervalMillis) {
        return Math.max(LEAST_MILLIS, (long) (intervalMillis * SHARE));
    }

    /** What the connection must be like. */
    static void setUp(Connection connection, long statementMillis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // No compiled plans and no helpers: what is spent is spent on one core, and is little.
            statement.execute(
                    "SET statement_timeout = " + statementMillis + "; SET lock_timeout = '100ms'; SET jit = off; SET"
                            + " max_parallel_workers_per_gather = 0; SET"
                            + " idle_in_transaction_session_timeout = '5s'");
        }
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
    }

    /** Takes all subjects of each table once, as far as that fits into the time; the others come first in the next run. */
    private void sweepSubjects(Pass pass, long budgetMillis) throws SQLException, InterruptedException {
        int compared = 0;
        for (SubjectStream stream : subjects) {
            Set<String> seen = new HashSet<>();
            // It may begin in the middle, and then has two ends.
            int ends = 0;
            while (ends < 2) {
                if (compared > 0 && pass.spentMillis + stream.lastMillis() > budgetMillis) {
                    Collections.rotate(subjects, -(subjects.indexOf(stream) + (seen.isEmpty() ? 0 : 1)));
                    return;
                }
                Subjects batch = stream.next(pass.connection);
                if (batch == null) {
                    ends++;
                } else if (seen.containsAll(batch.names())) {
                    stream.takeBack(batch);
                    break;
                } else if (pass.audit(batch, stream, Math.max(statementMillis, budgetMillis))) {
                    seen.addAll(batch.names());
                    compared++;
                }
            }
        }
    }

    /** Takes the next hour and the next day of each history. */
    private void sweepHistory(Pass pass, List<UnitStream> openHours, List<Days> openDays, boolean first)
            throws SQLException, InterruptedException {
        for (UnitStream stream : List.copyOf(openHours)) {
            AuditUnit unit = next(stream, pass, first);
            if (unit == null) {
                openHours.remove(stream);
            }
            pass.audit(unit, Why.SWEEP);
        }
        for (Days of : List.copyOf(openDays)) {
            AuditUnit unit = of.isDue(System.nanoTime()) ? next(of.stream, pass, first) : null;
            if (unit == null) {
                openDays.remove(of);
            } else {
                of.longNanos = pass.audit(unit, Why.SWEEP) > LONG_MILLIS ? Long.valueOf(System.nanoTime()) : null;
            }
        }
    }

    /** One that came to its end in the run before begins again. */
    private static @Nullable AuditUnit next(UnitStream stream, Pass pass, boolean first) throws SQLException {
        AuditUnit unit = stream.next(pass.connection);
        return unit == null && first ? stream.next(pass.connection) : unit;
    }

    /** The hour of the last minute of the agent whose turn it is. */
    private @Nullable AuditUnit newestHour(Connection connection) throws SQLException {
        AuditUnit agent = newest.next(connection);
        if (agent == null) {
            agent = newest.next(connection);
        }
        if (agent == null) {
            return null;
        }
        try (PreparedStatement query = connection.prepareStatement(
                        "SELECT (extract(epoch FROM min(as_of) - interval '1 minute') * 1000000)::bigint"
                                + " FROM agentpulse.pipeline_status");
                ResultSet row = query.executeQuery()) {
            row.next();
            long micros = row.getLong(1);
            return AuditUnit.hour(AuditedTable.AGENT_PERFORMANCE_HISTORY, String.valueOf(agent.subject()), micros);
        } finally {
            connection.rollback();
        }
    }

    private @Nullable AuditUnit randomHour(Connection connection) throws SQLException {
        List<AuditUnit> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(RANDOM_HOUR)) {
            query.setDouble(1, random.nextDouble());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.add(AuditUnit.hour(AuditedTable.AGENT_PERFORMANCE_HISTORY, row.getString(1), row.getLong(2)));
                }
            }
        } finally {
            connection.rollback();
        }
        return found.isEmpty() ? null : found.get(random.nextInt(found.size()));
    }
}
