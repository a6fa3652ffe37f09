package dev.agentpulse.gateway.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One row that came, changed or went. Made once and shared by all who watch; what is derived from it is kept. Used by one
 * thread.
 */
public final class RowChange {

    public enum Kind {
        INSERT,
        UPDATE,
        DELETE
    }

    private final Relation relation;
    private final Kind kind;
    private final String key;
    private final @Nullable String row;
    private final @Nullable String before;
    private final String commitTime;
    private @Nullable ObjectNode filterable;
    private @Nullable String data;

    /**
     * @param key the columns of the key, as a JSON object
     * @param row the row now, as a JSON object; null if it went
     * @param commitTime ISO 8601
     */
    public RowChange(Relation relation, Kind kind, String key, @Nullable String row, String commitTime) {
        this(relation, kind, key, row, null, commitTime);
    }

    /**
     * A change of which the row before is known, too.
     *
     * @param before the row before, as a JSON object; null where only its key may be told
     */
    public RowChange(
            Relation relation,
            Kind kind,
            String key,
            @Nullable String row,
            @Nullable String before,
            String commitTime) {
        this.before = before;
        this.relation = relation;
        this.kind = kind;
        this.key = key;
        this.row = row;
        this.commitTime = commitTime;
    }

    public Relation relation() {
        return relation;
    }

    public Kind kind() {
        return kind;
    }

    public String key() {
        return key;
    }

    public @Nullable String row() {
        return row;
    }

    public @Nullable String before() {
        return before;
    }

    public String commitTime() {
        return commitTime;
    }

    /** The row; of a row that went what is known of it. */
    public ObjectNode filterable() {
        if (filterable == null) {
            filterable = Json.parseRow(row == null ? old() : row);
        }
        return filterable;
    }

    /** The same row as another kind of change: what came and changed before anyone looked has only come. */
    public RowChange as(Kind other) {
        return other == kind ? this : new RowChange(relation, other, key, row, commitTime);
    }

    /** What {@code postgres_changes} calls data. Of the row before, only the key is told unless more is known. */
    public String data() {
        if (data == null) {
            StringBuilder json = new StringBuilder(256);
            json.append("{\"schema\":")
                    .append(Json.quote(relation.schema()))
                    .append(",\"table\":")
                    .append(Json.quote(relation.name()))
                    .append(",\"commit_timestamp\":")
                    .append(Json.quote(commitTime))
                    .append(",\"type\":\"")
                    .append(kind)
                    .append("\",\"columns\":")
                    .append(columns(relation));
            if (row != null) {
                json.append(",\"record\":").append(row);
            }
            if (kind != Kind.INSERT) {
                json.append(",\"old_record\":").append(old());
            }
            data = json.append(",\"errors\":null}").toString();
        }
        return data;
    }

    private String old() {
        return before == null ? key : before;
    }

    private static ArrayNode columns(Relation relation) {
        ArrayNode columns = Json.array();
        for (Column column : relation.columns()) {
            columns.addObject().put("name", column.name()).put("type", column.type());
        }
        return columns;
    }
}
