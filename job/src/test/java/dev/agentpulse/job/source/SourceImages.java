package dev.agentpulse.job.source;

import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SourceColumn;
import dev.agentpulse.pgoutput.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Builds an image of a row from what Postgres would print for its columns; what is not put is null. */
final class SourceImages {

    private final List<SourceColumn> columns;
    private final Map<String, byte[]> values = new HashMap<>();
    private @Nullable String absent;

    private SourceImages(SourceTable table) {
        columns = SourceColumn.of(table);
    }

    static SourceImages of(SourceTable table) {
        return new SourceImages(table);
    }

    SourceImages put(String column, @Nullable String text) {
        return put(column, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    SourceImages put(String column, byte @Nullable [] bytes) {
        if (columns.stream().noneMatch(known -> known.name().equals(column))) {
            throw new IllegalArgumentException("the table has no column " + column);
        }
        if (bytes == null) {
            values.remove(column);
        } else {
            values.put(column, bytes);
        }
        return this;
    }

    /** As if the table had lost the column. */
    SourceImages without(String column) {
        absent = column;
        return this;
    }

    SourceImage image() {
        byte[] @Nullable [] tuple =
                columns.stream().map(column -> values.get(column.name())).toArray(byte[][]::new);
        int[] places = IntStream.range(0, tuple.length)
                .map(i -> columns.get(i).name().equals(absent) ? -1 : i)
                .toArray();
        return new SourceImage(columns, places, Tuple.of(tuple), null);
    }
}
