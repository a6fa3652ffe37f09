package dev.agentpulse.job.outlook;

import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.udf.anomaly.AgentAnomalies;
import dev.agentpulse.udf.outlook.AgentOutlook;
import dev.agentpulse.udf.outlook.ApprovalOutlook;
import org.jspecify.annotations.Nullable;

/** What one agent, or the queue, holds on the heap: its state, and what was last emitted of it. */
final class OutlookHeld {

    final String key;
    final HistoryTable table;

    /** Null until something came of an agent, and behind a snapshot that begins anew. */
    @Nullable
    AgentOutlook agent;

    /** There where {@link #agent} is. */
    @Nullable
    AgentAnomalies anomalies;

    /** Of the queue, likewise. */
    @Nullable
    ApprovalOutlook queue;

    /** Whether history was asked for the past. */
    boolean askedForPast;

    /** Whether that is to be done with the next tick, because others were asked for in this one. */
    boolean waitsForPast;

    /** Time of the last change or tick. */
    long timeMicros;

    long evaluateAtMicros = Long.MIN_VALUE;

    /** The open slot when the forecast was emitted. */
    long forecastSlot = Long.MIN_VALUE;

    OutlookRow.@Nullable Trend trend;
    OutlookRow.@Nullable Quality quality;
    OutlookRow.@Nullable Queue emittedQueue;

    OutlookHeld(String key) {
        this.key = key;
        this.table = HistoryTable.ofKey(key);
    }
}
