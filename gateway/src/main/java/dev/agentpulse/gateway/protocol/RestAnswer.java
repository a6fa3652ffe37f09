package dev.agentpulse.gateway.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a read found, all of one tick.
 *
 * @param rows how many were found
 * @param total how many there are without limit and offset; null if nobody asked
 * @param json a JSON array; null if CSV was asked for
 * @param csv rows of text, a null for a null; null if JSON was asked for
 * @param columns names of the columns, for CSV
 */
public record RestAnswer(
        Tick tick,
        long rows,
        @Nullable Long total,
        @Nullable String json,
        @Nullable List<List<@Nullable String>> csv,
        List<String> columns) {}
