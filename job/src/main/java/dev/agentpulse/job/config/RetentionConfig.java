package dev.agentpulse.job.config;

import java.io.Serializable;

/** How long rows are kept that would otherwise grow without bound, in milliseconds. */
public record RetentionConfig(
        long channelEventMillis, long alertMillis, long rejectedChangeMillis, long auditMillis, long idleMillis)
        implements Serializable {}
