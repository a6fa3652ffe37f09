package dev.agentpulse.local.stack.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes the chain of {@code agentpulse.audit_log} anew, entry by entry in the order of their numbers, and stops at the
 * first that does not fit. Memory does not grow with the log.
 */
public final class AuditChain {

    private static final int ROWS_AT_ONCE = 1000;

    /** A time that no number of microseconds stands for reads as Infinity, and does not fit. */
    private static final String ENTRIES = """
            SELECT seq, trunc(extract(epoch FROM at) * 1000000)::text, actor, login, action, subject, details::text,
                   encode(previous_hash, 'hex'), encode(hash, 'hex')
              FROM agentpulse.audit_log ORDER BY seq
            """;

    private static final String HEAD = "SELECT seq, encode(hash, 'hex') FROM agentpulse.audit_head";
    private static final String WAITING = "SELECT count(*) FROM agentpulse.audit_pending";

    private final @Nullable AuditHead known;
    private AuditHead last = AuditHead.NONE;

    private AuditChain(@Nullable AuditHead known) {
        this.known = known;
    }

    /**
     * Reads the whole log in one snapshot.
     *
     * @param connection whose transaction is begun and ended here
     * @param known an entry that was noted earlier, or null: a log that was computed anew from before it on does not have it
     * @throws SQLException also where the user may not read the log
     */
    public static AuditVerdict verify(Connection connection, @Nullable AuditHead known) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            AuditChain chain = new AuditChain(known);
            Optional<String> misfit = chain.firstMisfit(statement);
            return new AuditVerdict(chain.last.seq(), chain.last, misfit, waiting(statement));
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static long waiting(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery(WAITING)) {
            result.next();
            return result.getLong(1);
        }
    }

    private Optional<String> firstMisfit(Statement statement) throws SQLException {
        statement.setFetchSize(ROWS_AT_ONCE);
        try (ResultSet rows = statement.executeQuery(ENTRIES)) {
            while (rows.next()) {
                AuditEntry entry = new AuditEntry(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getString(6),
                        rows.getString(7),
                        rows.getString(8),
                        rows.getString(9));
                Optional<String> misfit = misfit(entry);
                if (misfit.isPresent()) {
                    return misfit;
                }
                last = new AuditHead(entry.seq(), entry.hash());
            }
        }
        return misfitAtTheEnd(statement);
    }

    private Optional<String> misfit(AuditEntry entry) {
        long expected = last.seq() + 1;
        if (entry.seq() != expected) {
            return Optional.of("Entry " + expected + " is missing: the next one is " + entry.seq() + ".");
        }
        if (!entry.expectedHash().equals(entry.hash())) {
            return Optional.of("Entry " + expected + " was changed: its content does not have its hash.");
        }
        if (!entry.previousHash().equals(last.hash())) {
            return Optional.of("Entry " + expected + " does not follow entry " + last.seq()
                    + ": one of the two is not what it was, or another one stood between them.");
        }
        if (known != null && known.seq() == expected && !known.hash().equals(entry.hash())) {
            return Optional.of("Entry " + expected + " is not the one whose hash was noted: it or one before it was"
                    + " replaced, and all that follow were computed anew.");
        }
        return Optional.empty();
    }

    private Optional<String> misfitAtTheEnd(Statement statement) throws SQLException {
        if (known != null && known.seq() > last.seq()) {
            return Optional.of("Entry " + (last.seq() + 1) + " is missing: entry " + known.seq() + " was there once.");
        }
        try (ResultSet head = statement.executeQuery(HEAD)) {
            if (!head.next()) {
                return Optional.of(
                        "agentpulse.audit_head has no row: what comes after entry " + last.seq() + " is not appended.");
            }
            AuditHead stored = new AuditHead(head.getLong(1), head.getString(2));
            if (stored.seq() > last.seq()) {
                return Optional.of("Entry " + (last.seq() + 1) + " is missing: the last one was " + stored.seq() + ".");
            }
            return stored.equals(last)
                    ? Optional.empty()
                    : Optional.of("Entry " + last.seq() + " is not the last one that was appended, which was " + stored
                            + ".");
        }
    }
}
