package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.proof.History;
import dev.agentpulse.proof.HistoryBuckets;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks on a connection of its own until buckets equal plain SQL. A look is one snapshot, and its time is when that was
 * taken: how long the comparison takes is not in it. Nothing is compared before results have read up to the commit, for the
 * row that says so is written in the transaction that writes them.
 */
final class CorrectionWatch implements AutoCloseable {

    /** Buckets that are not equal after this time never were; counted from when the job writes again, if it was struck. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration PATIENCE_FOR_RESULTS = Duration.ofMinutes(5);
    private static final long POLL_MILLIS = 20;

    private static final String LOOK = "SELECT min(as_of), coalesce(bool_and(commit_lsn >= '%s'::pg_lsn), false)"
            + " FROM agentpulse.pipeline_status";

    private final Connection connection;

    /**
     * What was seen.
     *
     * @param equal when buckets were equal; empty if they never were
     * @param writingAgain when a job that was struck had new results again; empty if that was not seen before the end
     * @param differences the last ones; empty if buckets were equal
     */
    record Seen(Optional<Instant> equal, Optional<Instant> writingAgain, List<String> differences) {}

    /**
     * A snapshot, which lasts until the transaction ends.
     *
     * @param at when it was there
     * @param holdsIt whether results have read up to a position
     */
    private record Look(Instant at, Instant asOf, boolean holdsIt) {}

    /** @param connection which {@link #close} closes */
    CorrectionWatch(Connection connection) throws SQLException {
        this.connection = connection;
        // Compiling a comparison takes longer than the comparison.
        Sql.run(connection, "SET jit = off");
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
    }

    /**
     * Waits until those of some buckets that have ended are equal.
     *
     * @param position in the log, not behind the commit that is waited for
     * @param blow a fault that strikes or has struck; null if none does
     */
    Seen await(List<HistoryBuckets> buckets, String position, @Nullable Blow blow)
            throws IOException, SQLException, InterruptedException {
        Instant begin = Instant.now();
        WritingAgain again = new WritingAgain();
        List<String> differences = List.of("results were never read up to the commit");
        while (true) {
            Look look = look(position);
            again.see(look.asOf(), look.at(), blow == null ? null : blow.struck());
            if (look.holdsIt()) {
                differences = differences(buckets);
            }
            connection.rollback();
            if (look.holdsIt() && differences.isEmpty()) {
                return new Seen(Optional.of(look.at()), again.since(), List.of());
            }
            boolean isAway = blow != null && again.since().isEmpty();
            Duration waited = Duration.between(again.since().orElse(begin), Instant.now());
            if (waited.compareTo(isAway ? PATIENCE_FOR_RESULTS : PATIENCE) > 0) {
                return new Seen(Optional.empty(), again.since(), differences);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private Look look(String position) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LOOK.formatted(position))) {
            row.next();
            return new Look(
                    Instant.now(), row.getObject(1, OffsetDateTime.class).toInstant(), row.getBoolean(2));
        }
    }

    private List<String> differences(List<HistoryBuckets> buckets) throws SQLException {
        List<String> differences = new ArrayList<>();
        for (HistoryBuckets some : buckets) {
            differences.addAll(History.differences(connection, some));
        }
        return differences;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
