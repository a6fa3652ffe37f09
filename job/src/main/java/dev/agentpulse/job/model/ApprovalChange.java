package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/** A change of one approval. */
public record ApprovalChange(
        String key,
        LogPosition position,
        boolean truncate,
        boolean snapshot,
        @Nullable ApprovalRow before,
        @Nullable ApprovalRow after)
        implements KeyedChange {}
