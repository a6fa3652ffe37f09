package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentpulse.job.model.TickRecord;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A begun tick in a checkpoint. As JSON, because Flink keeps no schema for what a sink's writer stores, and a later
 * version of the job has to read it: a field that is new is null then, and one that is gone is not looked at.
 */
final class TickRecordSerializer implements SimpleVersionedSerializer<TickRecord> {

    private static final int VERSION = 1;
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(TickRecord record) throws IOException {
        return JSON.writeValueAsBytes(record);
    }

    @Override
    public TickRecord deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("the savepoint holds a tick of format " + version + ", which this version of the job"
                    + " does not know: restore it with the version that made it, or a later one");
        }
        return JSON.readValue(serialized, TickRecord.class);
    }
}
