package dev.agentpulse.job.source;

import org.jspecify.annotations.Nullable;

/**
 * What became of one image of a row: a usable row, a reason why it is none, or neither where there is no image.
 *
 * @param <R> the row's type
 */
record RowImage<R>(@Nullable R row, @Nullable String reason) {

    static <R> RowImage<R> absent() {
        return new RowImage<>(null, null);
    }

    static <R> RowImage<R> of(R row) {
        return new RowImage<>(row, null);
    }

    static <R> RowImage<R> unusable(String reason) {
        return new RowImage<>(null, reason);
    }
}
