package dev.agentpulse.pgoutput;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of one connection's stream, in their order: changes name their table by number, and the decoder
 * keeps what the stream said of each. A new connection needs a new decoder, since the server sends all shapes again.
 *
 * <p>Not safe for use by several threads.
 */
public final class PgOutputDecoder {

    // Postgres counts from 2000-01-01.
    private static final long EPOCH_MICROS = 946_684_800_000_000L;
    // Flags, name's end, type and modifier.
    private static final int LEAST_COLUMN_BYTES = 10;
    private static final int TRUNCATE_CASCADE = 1;
    private static final int TRUNCATE_RESTART = 2;

    private final Map<Integer, Relation> relations = new HashMap<>();
    // Most changes are of the same table as the one before.
    private @Nullable Relation latest;

    /**
     * Decodes a message.
     *
     * @param message from its position to its limit, which are left as they are; a {@link Tuple} refers to the buffer's
     *     array, which must not be written to any more
     * @throws MalformedMessageException when it is none of protocol version 1 in text format, is cut off or has bytes too
     *     many, or is about a table that the stream has not described
     */
    public Message decode(ByteBuffer message) {
        MessageReader in = reader(message);
        byte type = in.int8();
        Message decoded =
                switch (type) {
                    case 'I' -> insert(in);
                    case 'U' -> update(in);
                    case 'D' -> delete(in);
                    case 'B' -> new Message.Begin(in.lsn(), micros(in), in.int32());
                    case 'C' -> commit(in);
                    case 'R' -> relation(in);
                    case 'T' -> truncate(in);
                    case 'Y' -> type(in);
                    case 'O' -> origin(in);
                    case 'M' -> logicalMessage(in);
                    default -> throw in.malformed("the type is not known");
                };
        in.end();
        if (decoded instanceof Relation relation) {
            relations.put(relation.oid(), relation);
            latest = relation;
        }
        return decoded;
    }

    /** What the stream said last of the table with this oid, or null when it has not said anything. */
    public @Nullable Relation relation(int oid) {
        return relations.get(oid);
    }

    private static MessageReader reader(ByteBuffer message) {
        if (message.hasArray()) {
            int from = message.arrayOffset() + message.position();
            return new MessageReader(message.array(), from, from + message.remaining());
        }
        byte[] copy = new byte[message.remaining()];
        message.duplicate().get(copy);
        return new MessageReader(copy, 0, copy.length);
    }

    private static long micros(MessageReader in) {
        long sincePostgresEpoch = in.int64();
        try {
            return Math.addExact(sincePostgresEpoch, EPOCH_MICROS);
        } catch (ArithmeticException e) {
            throw in.malformed("the time of the commit is out of range");
        }
    }

    private static Message commit(MessageReader in) {
        byte flags = in.int8();
        if (flags != 0) {
            throw in.malformed("flags " + MessageReader.shown(flags) + " are not known");
        }
        return new Message.Commit(in.lsn(), in.lsn(), micros(in));
    }

    private Message insert(MessageReader in) {
        Relation relation = known(in);
        expectNew(in, in.int8());
        return new Message.Insert(relation, in.tuple(relation));
    }

    private Message update(MessageReader in) {
        Relation relation = known(in);
        byte part = in.int8();
        Tuple before = null;
        boolean keyOnly = part == 'K';
        if (keyOnly || part == 'O') {
            before = in.tuple(relation);
            part = in.int8();
        }
        expectNew(in, part);
        return new Message.Update(relation, before, keyOnly, in.tuple(relation));
    }

    private Message delete(MessageReader in) {
        Relation relation = known(in);
        byte part = in.int8();
        if (part != 'K' && part != 'O') {
            throw in.malformed("a key or a row before is expected, not " + MessageReader.shown(part));
        }
        return new Message.Delete(relation, in.tuple(relation), part == 'K');
    }

    private static void expectNew(MessageReader in, byte part) {
        if (part != 'N') {
            throw in.malformed("a new row is expected, not " + MessageReader.shown(part));
        }
    }

    private Message truncate(MessageReader in) {
        int count = in.int32();
        byte flags = in.int8();
        if ((flags & ~(TRUNCATE_CASCADE | TRUNCATE_RESTART)) != 0) {
            throw in.malformed("flags " + MessageReader.shown(flags) + " are not known");
        }
        if (count < 0) {
            throw in.malformed("a number of tables of " + count);
        }
        in.require((long) count * Integer.BYTES);
        List<Relation> truncated = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            truncated.add(known(in));
        }
        return new Message.Truncate(truncated, (flags & TRUNCATE_CASCADE) != 0, (flags & TRUNCATE_RESTART) != 0);
    }

    private static Relation relation(MessageReader in) {
        int oid = in.int32();
        String schema = in.string();
        String table = in.string();
        byte code = in.int8();
        ReplicaIdentity identity = ReplicaIdentity.of(code);
        if (identity == null) {
            throw in.malformed("the replica identity " + MessageReader.shown(code) + " is not known");
        }
        int size = in.unsigned16();
        in.require((long) size * LEAST_COLUMN_BYTES);
        List<Relation.Column> columns = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            byte flags = in.int8();
            if (flags != 0 && flags != 1) {
                throw in.malformed("flags " + MessageReader.shown(flags) + " of column " + i + " are not known");
            }
            columns.add(new Relation.Column(in.string(), in.int32(), in.int32(), flags == 1));
        }
        // The protocol leaves the name of the catalog's schema out.
        return new Relation(oid, schema.isEmpty() ? "pg_catalog" : schema, table, identity, columns);
    }

    private static Message type(MessageReader in) {
        in.int32();
        in.string();
        in.string();
        return new Message.Ignored(Message.Ignored.Kind.TYPE);
    }

    private static Message origin(MessageReader in) {
        in.lsn();
        in.string();
        return new Message.Ignored(Message.Ignored.Kind.ORIGIN);
    }

    private static Message logicalMessage(MessageReader in) {
        byte flags = in.int8();
        if (flags != 0 && flags != 1) {
            throw in.malformed("flags " + MessageReader.shown(flags) + " are not known");
        }
        in.lsn();
        in.string();
        in.skip(in.int32());
        return new Message.Ignored(Message.Ignored.Kind.LOGICAL_MESSAGE);
    }

    private Relation known(MessageReader in) {
        int oid = in.int32();
        Relation relation = latest;
        if (relation == null || relation.oid() != oid) {
            relation = relations.get(oid);
            if (relation == null) {
                throw in.malformed("the table with oid " + Integer.toUnsignedString(oid) + " was not described before");
            }
            latest = relation;
        }
        return relation;
    }
}
