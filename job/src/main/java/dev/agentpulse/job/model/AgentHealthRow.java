package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code agent_health}. */
public record AgentHealthRow(
        String agent,
        String healthStatus,
        long sinceMicros,
        @Nullable BigDecimal avgLatencyMs1m,
        @Nullable Long lastQueryAtMicros) {}
