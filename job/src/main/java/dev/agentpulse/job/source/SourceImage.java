package dev.agentpulse.job.source;

import dev.agentpulse.job.preflight.SourceColumn;
import dev.agentpulse.pgoutput.Relation;
import dev.agentpulse.pgoutput.Tuple;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One image of a source row: the columns that are used, by their place in {@link SourceColumn#of}, whatever the order
 * and number of the table's own columns. Nothing is made into objects before it is asked for.
 */
final class SourceImage {

    /** The place of a column that the table does not have. */
    private static final int ABSENT = -1;

    /** The key of a table, with the column that its partitions are made by. */
    private static final Set<String> KEY = Set.of("id", "created_at");

    private static final char REPLACEMENT = '\uFFFD';

    private final List<SourceColumn> columns;
    private final int[] places;
    private final Tuple tuple;
    private final @Nullable Tuple old;

    /**
     * An image.
     *
     * @param places where in the tuple each of the columns is, see {@link #places}
     * @param old the before image of the same change: a large value that an update left alone is only there
     */
    SourceImage(List<SourceColumn> columns, int[] places, Tuple tuple, @Nullable Tuple old) {
        this.columns = columns;
        this.places = places;
        this.tuple = tuple;
        this.old = old;
    }

    /** Where the columns are in the tuples of a relation. */
    static int[] places(List<SourceColumn> columns, Relation relation) {
        return columns.stream()
                .mapToInt(column -> relation.indexOf(column.name()))
                .toArray();
    }

    /** The first column that the table does not have (any more); null if it has all. */
    @Nullable
    SourceColumn missingColumn() {
        for (int i = 0; i < places.length; i++) {
            if (places[i] == ABSENT) {
                return columns.get(i);
            }
        }
        return null;
    }

    /** Whether a value was left alone by the update and is in no image: the table lost REPLICA IDENTITY FULL. */
    boolean lacksUnchangedValue() {
        for (int i = 0; i < places.length; i++) {
            if (places[i] != ABSENT && holder(i).isUnchanged(places[i])) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing but what may be a key is there. */
    boolean holdsKeyOnly() {
        for (int i = 0; i < places.length; i++) {
            if (!isNull(i) && !KEY.contains(columns.get(i).name())) {
                return false;
            }
        }
        return true;
    }

    boolean isNull(int column) {
        return places[column] == ABSENT || holder(column).isNull(places[column]);
    }

    /** Length of a value's text in bytes; 0 where it is null. */
    int bytes(int column) {
        return isNull(column) ? 0 : holder(column).length(places[column]);
    }

    /** Length of all values that are used, in bytes. */
    int bytes() {
        int bytes = 0;
        for (int i = 0; i < places.length; i++) {
            bytes += bytes(i);
        }
        return bytes;
    }

    /** A value's text, cut to the column's length; null where it is null. */
    @Nullable
    String text(int column) {
        return isNull(column)
                ? null
                : holder(column).text(places[column], columns.get(column).length());
    }

    /** Whether a text that was read from a column stands for bytes that are not UTF-8. */
    boolean isMalformed(int column, String text) {
        // Only such a character can have come of them, so nearly no value is looked at twice.
        return text.indexOf(REPLACEMENT) >= 0 && !holder(column).isValidText(places[column]);
    }

    /** A value that is not null, as a whole number; throws {@code MalformedValueException} for any other. */
    long wholeNumber(int column) {
        return holder(column).wholeNumber(places[column]);
    }

    /** A value that is not null, as a truth value; throws {@code MalformedValueException} for any other. */
    boolean bool(int column) {
        return holder(column).bool(places[column]);
    }

    /** A value that is not null, in microseconds since the epoch; throws {@code MalformedValueException} for any other. */
    long timestampMicros(int column) {
        return holder(column).timestampMicros(places[column]);
    }

    /** The elements of an array that is not null, of whatever dimensions; throws {@code MalformedValueException}. */
    List<@Nullable String> elements(int column) {
        return holder(column).array(places[column]).elements();
    }

    List<SourceColumn> columns() {
        return columns;
    }

    private Tuple holder(int column) {
        return old != null && tuple.isUnchanged(places[column]) ? old : tuple;
    }
}
