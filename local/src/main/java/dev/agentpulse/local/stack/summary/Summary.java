package dev.agentpulse.local.stack.summary;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the system at one moment, as the result tables tell it.
 *
 * @param asOf up to when the results are complete; null before the first tick
 * @param behind the database's time now less {@code asOf}
 * @param history how far history of the time before the first start is; null when it is there, or will not be
 */
public record Summary(
        @Nullable Instant asOf,
        Duration behind,
        long changesRead,
        List<Agent> agents,
        Queue queue,
        List<Alert> alerts,
        @Nullable History history) {

    /** One agent; latencies are null while there is nothing to measure. */
    public record Agent(
            String name,
            String health,
            long queriesLastMinute,
            long queriesLastFiveMinutes,
            long queriesLastHour,
            @Nullable BigDecimal averageMillis,
            @Nullable Integer p50Millis,
            @Nullable Integer p95Millis,
            @Nullable Integer p99Millis,
            @Nullable Integer maxMillis,
            @Nullable BigDecimal approvalRatePct) {}

    public record Queue(long pending, long breached, long oldestSeconds) {

        static final Queue EMPTY = new Queue(0, 0, 0);
    }

    /** How many alerts of a rule and severity are not resolved. */
    public record Alert(String rule, String severity, long count) {}

    /**
     * How far history goes back, of the table that is behind the others.
     *
     * @param readDays days in UTC, from the first start back, that were read
     * @param days how many there are; 0 while it is not known
     * @param problem what the next day waits for; null if nothing
     */
    public record History(
            LocalDate reachesBackTo,
            int readDays,
            int days,
            @Nullable String problem) {}

    public long agentsWithHealth(String health) {
        return agents.stream().filter(agent -> agent.health().equals(health)).count();
    }

    public long queriesLastMinute() {
        return agents.stream().mapToLong(Agent::queriesLastMinute).sum();
    }

    public long openAlerts() {
        return alerts.stream().mapToLong(Alert::count).sum();
    }
}
