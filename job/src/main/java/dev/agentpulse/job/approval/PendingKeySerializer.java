package dev.agentpulse.job.approval;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Keys as bytes that sort as the keys do: the time with its sign flipped, the id in UTF-8, and a zero, which no text of
 * Postgres contains. RocksDB keeps a map state in the order of these bytes.
 */
final class PendingKeySerializer extends TypeSerializerSingleton<PendingKey> {

    private static final long serialVersionUID = 1L;

    static final PendingKeySerializer INSTANCE = new PendingKeySerializer();

    private static final PendingKey NONE = new PendingKey(0, "");

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public PendingKey createInstance() {
        return NONE;
    }

    @Override
    public PendingKey copy(PendingKey from) {
        return from;
    }

    @Override
    public PendingKey copy(PendingKey from, PendingKey reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(PendingKey key, DataOutputView target) throws IOException {
        target.writeLong(key.createdAtMicros() ^ Long.MIN_VALUE);
        target.write(key.id().getBytes(StandardCharsets.UTF_8));
        target.writeByte(0);
    }

    @Override
    public PendingKey deserialize(DataInputView source) throws IOException {
        long createdAt = source.readLong() ^ Long.MIN_VALUE;
        ByteArrayOutputStream id = new ByteArrayOutputStream();
        for (byte next = source.readByte(); next != 0; next = source.readByte()) {
            id.write(next);
        }
        return new PendingKey(createdAt, id.toString(StandardCharsets.UTF_8));
    }

    @Override
    public PendingKey deserialize(PendingKey reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<PendingKey> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the format in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PendingKey> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
