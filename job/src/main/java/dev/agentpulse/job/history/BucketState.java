package dev.agentpulse.job.history;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The durable image of {@link OpenBuckets}: an entry a bucket, encoded by its totals, and the corrections that no tick has
 * taken yet. See {@link HistoryLogic} for what clears it.
 */
final class BucketState {

    private static final HistoryBucket[] LENGTHS = HistoryBucket.values();

    private final MapState<Long, byte[]> buckets;
    private final ValueState<byte[]> corrections;
    private final ValueState<Long> time;

    BucketState(KeyedStateStore store) {
        this.buckets = store.getMapState(new MapStateDescriptor<>(
                "history-buckets", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        this.corrections = store.getState(new ValueStateDescriptor<>(
                "history-corrections-by-transaction", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        this.time = store.getState(new ValueStateDescriptor<>(WindowState.TIME_STATE, Types.LONG));
    }

    /**
     * Fills fresh buckets with what the current key's state holds.
     *
     * @return false if it holds nothing
     */
    boolean load(OpenBuckets held) throws Exception {
        Long restoredTime = time.value();
        if (restoredTime == null) {
            return false;
        }
        for (Map.Entry<Long, byte[]> entry : buckets.entries()) {
            HistoryBucket length = LENGTHS[Math.floorMod(entry.getKey(), LENGTHS.length)];
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry.getValue()));
            boolean handedOn = in.readBoolean();
            OpenBuckets.Bucket bucket = new OpenBuckets.Bucket(HistoryTotals.decode(in.readAllBytes()));
            bucket.handedOn = handedOn;
            bucket.unstored = false;
            long number = Math.floorDiv(entry.getKey(), LENGTHS.length);
            held.of(length).put(number * length.lengthMicros(), bucket);
        }
        byte[] pending = corrections.value();
        if (pending != null) {
            read(pending, held);
        }
        held.restoreAt(restoredTime);
        return true;
    }

    private static void read(byte[] bytes, OpenBuckets held) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        while (in.available() > 0) {
            long transactionMicros = in.readLong();
            held.transactionIds().put(transactionMicros, in.readInt());
            long minuteMicros = in.readLong();
            HistoryTotals sum = HistoryTotals.decode(in.readNBytes(in.readInt()));
            held.corrections()
                    .computeIfAbsent(transactionMicros, at -> new TreeMap<>())
                    .put(minuteMicros, sum);
        }
    }

    /** Writes what has changed since the last call. */
    void store(OpenBuckets held) throws Exception {
        time.update(held.timeMicros());
        for (OpenBuckets.BucketKey key : held.takeGone()) {
            if (!held.of(key.length()).containsKey(key.startMicros())) {
                buckets.remove(key(key.length(), key.startMicros()));
            }
        }
        for (HistoryBucket length : LENGTHS) {
            for (Map.Entry<Long, OpenBuckets.Bucket> entry : held.of(length).entrySet()) {
                OpenBuckets.Bucket bucket = entry.getValue();
                if (bucket.unstored) {
                    bucket.unstored = false;
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    DataOutputStream out = new DataOutputStream(bytes);
                    out.writeBoolean(bucket.handedOn);
                    out.write(bucket.totals.encode());
                    buckets.put(key(length, entry.getKey()), bytes.toByteArray());
                }
            }
        }
        if (held.corrections().isEmpty()) {
            corrections.clear();
        } else {
            corrections.update(written(held));
        }
    }

    private static byte[] written(OpenBuckets held) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (Map.Entry<Long, NavigableMap<Long, HistoryTotals>> transaction :
                held.corrections().entrySet()) {
            for (Map.Entry<Long, HistoryTotals> minute : transaction.getValue().entrySet()) {
                byte[] sum = minute.getValue().encode();
                out.writeLong(transaction.getKey());
                out.writeInt(held.transactionIds().getOrDefault(transaction.getKey(), 0));
                out.writeLong(minute.getKey());
                out.writeInt(sum.length);
                out.write(sum);
            }
        }
        return bytes.toByteArray();
    }

    /** The bucket's number, counted from 1970, and its length's. */
    private static long key(HistoryBucket length, long startMicros) {
        return startMicros / length.lengthMicros() * LENGTHS.length + length.place();
    }

    void clear() {
        buckets.clear();
        corrections.clear();
        time.clear();
    }
}
