package dev.agentpulse.pgoutput;

import java.util.List;

/**
 * A table's shape as the publication sends it: dropped, unlisted and (unless published) generated columns are not in it.
 * The server sends it ahead of the table's first change of a connection and whenever the shape may have changed.
 *
 * @param oid the table's; of a partition root with {@code publish_via_partition_root} the root's
 * @param schema unquoted, in exact case
 * @param table unquoted, in exact case
 * @param identity what updates and deletes tell of the row before
 * @param columns in the order of the values of a {@link Tuple}
 */
public record Relation(int oid, String schema, String table, ReplicaIdentity identity, List<Column> columns)
        implements Message {

    public Relation {
        columns = List.copyOf(columns);
    }

    /** The position of the column with this name, in exact case, or -1 when the publication does not send it. */
    public int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * A column.
     *
     * @param name unquoted, in exact case
     * @param typeOid {@code pg_type.oid}; stable for the types that come with Postgres only
     * @param typeModifier {@code atttypmod}: length or precision in the type's own coding, -1 for none
     * @param partOfKey whether the replica identity holds the column (with {@link ReplicaIdentity#FULL}: each)
     */
    public record Column(String name, int typeOid, int typeModifier, boolean partOfKey) {}
}
