package dev.agentpulse.job.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** RocksDB sorts by bytes, Postgres by {@code COLLATE "C"}, the heap by {@code compareTo}: all three agree. */
class PendingKeySerializerTest {

    @Property
    void bytesSortAsKeysDoAndAsPostgresSortsIds(@ForAll("keys") PendingKey a, @ForAll("keys") PendingKey b)
            throws IOException {
        int order = Integer.signum(a.compareTo(b));

        assertThat(Integer.signum(Arrays.compareUnsigned(bytes(a), bytes(b)))).isEqualTo(order);
        if (a.createdAtMicros() == b.createdAtMicros()) {
            assertThat(Integer.signum(Arrays.compareUnsigned(
                            a.id().getBytes(StandardCharsets.UTF_8), b.id().getBytes(StandardCharsets.UTF_8))))
                    .isEqualTo(order);
        }
    }

    @Property
    void keyIsReadAsItWasWritten(@ForAll("keys") PendingKey key) throws IOException {
        assertThat(PendingKeySerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes(key))))
                .isEqualTo(key);
    }

    private static byte[] bytes(PendingKey key) throws IOException {
        DataOutputSerializer target = new DataOutputSerializer(64);
        PendingKeySerializer.INSTANCE.serialize(key, target);
        return target.getCopyOfBuffer();
    }

    @Provide
    Arbitrary<PendingKey> keys() {
        Arbitrary<Long> times =
                Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.longs().between(-1, 1));
        Arbitrary<String> ids = Arbitraries.of("a", "b", "1", "ä", "\uFFFD", "\uD83D\uDE00", "\uE000", "")
                .list()
                .ofMaxSize(3)
                .map(parts -> String.join("", parts));
        return Combinators.combine(times, ids).as(PendingKey::new);
    }
}
