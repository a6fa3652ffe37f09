package dev.agentpulse.bench.flink;

import java.time.OffsetDateTime;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Takes inserts out of the connector's changes. */
final class QueryInsertDeserializer implements DebeziumDeserializationSchema<QueryInsert> {

    private static final long serialVersionUID = 1L;
    private static final String INSERT = "c";

    @Override
    public void deserialize(SourceRecord change, Collector<QueryInsert> inserts) {
        Struct value = (Struct) change.value();
        if (INSERT.equals(value.getString("op"))) {
            Struct row = value.getStruct("after");
            Integer latency = row.getInt32("latency_ms");
            inserts.collect(new QueryInsert(
                    row.getString("agent"),
                    latency == null ? 0 : latency,
                    Boolean.TRUE.equals(row.getBoolean("approved")),
                    OffsetDateTime.parse(row.getString("created_at"))
                            .toInstant()
                            .toEpochMilli()));
        }
    }

    @Override
    public TypeInformation<QueryInsert> getProducedType() {
        return TypeInformation.of(QueryInsert.class);
    }
}
