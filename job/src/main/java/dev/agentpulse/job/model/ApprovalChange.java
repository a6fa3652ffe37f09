package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/** A change of one approval, as the queue sees it. */
public record ApprovalChange(
        String key,
        long timeMicros,
        boolean truncate,
        @Nullable ApprovalImage before,
        @Nullable ApprovalImage after) implements KeyedChange {}
