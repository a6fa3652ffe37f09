package dev.agentpulse.job.outlook;

import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.udf.anomaly.AgentAnomalies;
import dev.agentpulse.udf.outlook.AgentOutlook;
import dev.agentpulse.udf.outlook.ApprovalOutlook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What one agent, or the queue, holds on the heap: its state, and what was last emitted of it. */
final class OutlookHeld {

    // Measured: 4 kB of an agent from its first query on, some 40 kB of one that asks every few seconds, in its first
    // hour.
    private static final int BYTES_OF_NEW = 2_700;
    private static final int BYTES_OF_SLOT = 24;
    private static final int BYTES_OF_BANDS = 14_000;

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

    /** What was last emitted, as text: it survives the key's stay away from the heap. */
    @Nullable
    String trend;

    /** Likewise. */
    @Nullable
    String quality;

    OutlookRow.@Nullable Queue emittedQueue;

    OutlookHeld(String key) {
        this.key = key;
        this.table = HistoryTable.ofKey(key);
    }

    /** About what it takes of the heap. */
    int heapBytes() {
        int bytes = BYTES_OF_NEW;
        if (agent != null) {
            bytes += agent.slots().closed() * BYTES_OF_SLOT + (agent.hasBands() ? BYTES_OF_BANDS : 0);
        }
        return bytes + (anomalies == null ? 0 : anomalies.heapBytes());
    }

    /** What was done in this process, and is not to be done again when the key comes back to the heap. */
    byte[] writeEmitted(long process) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(process);
        out.writeBoolean(askedForPast);
        out.writeBoolean(waitsForPast);
        out.writeLong(evaluateAtMicros);
        out.writeLong(forecastSlot);
        out.writeUTF(trend == null ? "" : trend);
        out.writeUTF(quality == null ? "" : quality);
        return bytes.toByteArray();
    }

    /** Reads what {@link #writeEmitted} wrote; nothing of what another process did. */
    void readEmitted(byte[] bytes, long process) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        if (in.readLong() != process) {
            return;
        }
        askedForPast = in.readBoolean();
        waitsForPast = in.readBoolean();
        evaluateAtMicros = in.readLong();
        forecastSlot = in.readLong();
        trend = in.readUTF();
        quality = in.readUTF();
    }
}
