package dev.agentpulse.pgoutput;

import org.jspecify.annotations.Nullable;

/**
 * What a table's changes tell of the row before them ({@code pg_class.relreplident}).
 *
 * <p>Of a partitioned table published by its root the stream names the root's identity, but the rows before a change come
 * by that of each partition: where it is narrower than the root's, a row that is announced as a whole one has nulls in all
 * columns outside the partition's key. Nothing in the stream tells; only the catalog does.
 */
public enum ReplicaIdentity {
    /** The primary key, if the table has one. */
    DEFAULT('d'),
    /** Nothing: updates come without a row before them, and deletes do not come at all. */
    NOTHING('n'),
    /** The whole row. */
    FULL('f'),
    /** The columns of one unique index. */
    INDEX('i');

    private final char code;

    ReplicaIdentity(char code) {
        this.code = code;
    }

    /** The letter that the catalog and the stream use. */
    public char code() {
        return code;
    }

    static @Nullable ReplicaIdentity of(byte code) {
        return switch (code) {
            case 'd' -> DEFAULT;
            case 'n' -> NOTHING;
            case 'f' -> FULL;
            case 'i' -> INDEX;
            default -> null;
        };
    }
}
