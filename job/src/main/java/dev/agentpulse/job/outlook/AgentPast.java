package dev.agentpulse.job.outlook;

import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.anomaly.AgentAnomalies;
import dev.agentpulse.udf.anomaly.LatencyDetector;
import dev.agentpulse.udf.anomaly.Query;
import dev.agentpulse.udf.anomaly.Slots;
import dev.agentpulse.udf.outlook.AgentOutlook;
import dev.agentpulse.udf.outlook.SlotSeries;
import java.util.function.LongToDoubleFunction;

/** What is known of an agent's past, as the detectors of anomalies read it. */
final class AgentPast {

    private AgentPast() {}

    /** Slots here are numbered by their starts, there by their ends. */
    static LatencyDetector.Past of(AgentOutlook agent) {
        SlotSeries slots = agent.slots();
        return new LatencyDetector.Past(
                slots(slots, slot -> (double) slots.count(slot)), slots(slots, slot -> (double) slots.sum(slot)));
    }

    private static Slots slots(SlotSeries slots, LongToDoubleFunction sum) {
        return new Slots() {
            @Override
            public long firstSlot() {
                return slots.first() + 1;
            }

            @Override
            public double sum(long slot) {
                return sum.applyAsDouble(slot - 1);
            }

            @Override
            public long daysAgo(long slot, int days) {
                return slots.calendar().daysAgo(slot - 1, days) + 1;
            }
        };
    }

    /** Puts what history has of an agent's last slots before one into its detectors. */
    static void fill(AgentAnomalies anomalies, AgentOutlook agent, long until) {
        SlotSeries slots = agent.slots();
        for (long slot = Math.max(slots.first(), until - AgentAnomalies.SLOTS_TO_BEGIN); slot < until; slot++) {
            anomalies.addPast(slot + 1, slots.count(slot), slots.sum(slot));
        }
    }

    static Query query(QueryEvent row) {
        return new Query(row.timeMicros(), row.latencyMs(), row.approved(), row.humanEdited());
    }
}
