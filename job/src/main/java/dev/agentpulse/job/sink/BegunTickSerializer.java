package dev.agentpulse.job.sink;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A begun tick in a checkpoint. As JSON, because Flink keeps no schema for what a sink's writer stores, and a later
 * version of the job has to read it: a field that is new is null then, and one that is gone is not looked at. As one
 * value, because Flink reads a list of many small ones slowly.
 */
final class BegunTickSerializer implements SimpleVersionedSerializer<List<BegunTick.Entry>> {

    private static final int VERSION = 1;
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(List<BegunTick.Entry> entries) throws IOException {
        return JSON.writeValueAsBytes(entries);
    }

    @Override
    public List<BegunTick.Entry> deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException(
                    "the savepoint holds a begun tick of format " + version + ", which this version of the"
                            + " job does not know: restore it with the version that made it, or a later one");
        }
        return JSON.readValue(serialized, new TypeReference<>() {});
    }
}
