package dev.agentpulse.pgoutput;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of the stream. Transactions come whole and in the order of their commits: {@link Begin}, changes,
 * {@link Commit}; rolled-back transactions and savepoints do not come at all. A {@link Relation} may stand anywhere
 * between a Begin and its Commit. A transaction in two phases comes as a common one at its {@code COMMIT PREPARED}.
 *
 * <p>Log positions are byte positions in the log as 64 bits, unsigned; no server reaches the sign bit.
 */
public sealed interface Message
        permits Message.Begin,
                Message.Commit,
                Message.Delete,
                Message.Ignored,
                Message.Insert,
                Message.Truncate,
                Message.Update,
                Relation {

    /**
     * A transaction begins.
     *
     * @param finalLsn the position of the transaction's commit record, equal to the {@link Commit}'s {@code commitLsn}
     * @param commitMicros when it was committed by the server's clock, in microseconds since 1970-01-01 UTC
     * @param xid the top-level transaction's id, its low 32 bits; see {@link TransactionSnapshot#widen}
     */
    record Begin(long finalLsn, long commitMicros, int xid) implements Message {}

    /**
     * A transaction is complete.
     *
     * @param commitLsn the position of its commit record
     * @param endLsn the position after the commit record: what to confirm, and where to start to read what follows
     * @param commitMicros when it was committed by the server's clock, in microseconds since 1970-01-01 UTC
     */
    record Commit(long commitLsn, long endLsn, long commitMicros) implements Message {}

    /** A row that is new. */
    record Insert(Relation relation, Tuple after) implements Message {}

    /**
     * A row that changed.
     *
     * @param before null when the identity tells nothing of it: without {@link ReplicaIdentity#FULL} it comes only when a
     *     column of the key changed
     * @param beforeIsKeyOnly whether {@code before} holds the columns of the key alone and nulls for all others
     * @param after large values that did not change may be missing in it, see {@link Tuple#isUnchanged}
     */
    record Update(Relation relation, @Nullable Tuple before, boolean beforeIsKeyOnly, Tuple after) implements Message {}

    /**
     * A row that is gone.
     *
     * @param beforeIsKeyOnly whether {@code before} holds the columns of the key alone and nulls for all others
     */
    record Delete(Relation relation, Tuple before, boolean beforeIsKeyOnly) implements Message {}

    /**
     * Tables that were emptied by one statement.
     *
     * @param relations those of them that the publication sends
     * @param cascade whether CASCADE was given
     * @param restartIdentity whether RESTART IDENTITY was given
     */
    record Truncate(List<Relation> relations, boolean cascade, boolean restartIdentity) implements Message {
        public Truncate {
            relations = List.copyOf(relations);
        }
    }

    /** A message without a change of rows. */
    record Ignored(Kind kind) implements Message {
        /** What an ignored message is about. */
        public enum Kind {
            /** The name of a type that does not come with Postgres. */
            TYPE,
            /** Where a transaction was made first, when it was replicated to this server. */
            ORIGIN,
            /** What {@code pg_logical_emit_message} wrote; it may stand outside of transactions. */
            LOGICAL_MESSAGE
        }
    }
}
