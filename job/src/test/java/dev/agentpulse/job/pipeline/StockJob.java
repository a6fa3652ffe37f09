package dev.agentpulse.job.pipeline;

import dev.agentpulse.job.config.JobConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cdc.connectors.base.options.StartupOptions;
import org.apache.flink.cdc.connectors.postgres.source.PostgresSourceBuilder.PostgresIncrementalSource;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Reads the queries' ids with the connector as it comes, without our guards: it shows what each guard is for. */
final class StockJob {

    private static final Map<String, Set<String>> SEEN = new ConcurrentHashMap<>();

    private StockJob() {}

    /**
     * A job that only reads.
     *
     * @param heartbeats of Debezium's own kind; zero for none
     */
    static Pipeline.Definition reading(StartupOptions startup, Duration heartbeats) {
        return (env, config) -> define(env, config, startup, heartbeats);
    }

    /** The ids that have been read from a slot, by whatever attempt. */
    static Set<String> seen(String slotName) {
        return SEEN.computeIfAbsent(slotName, name -> ConcurrentHashMap.newKeySet());
    }

    private static void define(
            StreamExecutionEnvironment env, JobConfig config, StartupOptions startup, Duration heartbeats) {
        Properties debezium = new Properties();
        debezium.setProperty("publication.autocreate.mode", "disabled");
        debezium.setProperty("publication.name", config.source().publicationName());
        PostgresIncrementalSource<String> source = PostgresIncrementalSource.<String>builder()
                .hostname(config.capture().host())
                .port(config.capture().port())
                .database(config.capture().database())
                .username(config.capture().username())
                .password(config.capture().password())
                .schemaList("public")
                .tableList("public.agent_queries")
                .slotName(config.source().slotName())
                .decodingPluginName("pgoutput")
                .startupOptions(startup)
                .heartbeatInterval(heartbeats)
                .debeziumProperties(debezium)
                .deserializer(new IdDeserializer())
                .build();
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "stock source")
                .uid("stock-source")
                .filter(new Remember(config.source().slotName()))
                .uid("remember")
                .sinkTo(new DiscardingSink<>())
                .uid("nowhere");
    }

    private static final class Remember implements FilterFunction<String> {

        private static final long serialVersionUID = 1L;

        private final String slotName;

        Remember(String slotName) {
            this.slotName = slotName;
        }

        @Override
        public boolean filter(String id) {
            return seen(slotName).add(id);
        }
    }

    private static final class IdDeserializer implements DebeziumDeserializationSchema<String> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(SourceRecord record, Collector<String> out) {
            Struct after = ((Struct) record.value()).getStruct("after");
            if (after != null) {
                out.collect(after.get("id").toString());
            }
        }

        @Override
        public TypeInformation<String> getProducedType() {
            return Types.STRING;
        }
    }
}
