package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;

/**
 * The beat that moves time while all tables are silent, made of stock parts: a rate-limited generator and a JDBC sink
 * that updates one row. It runs beside the change source and needs nothing of it, because a publication that is idle
 * from the start leaves the connector searching for its position until something is written (FLINK-40538).
 */
public final class Heartbeat {

    private static final double MILLIS_PER_SECOND = 1000.0;

    /** With a longer pause before each: somebody may hold a lock on the row. */
    private static final int RETRIES = 5;

    /** Whatever number somebody has written there, there is one behind it. */
    private static final String BEAT = "UPDATE agentpulse.heartbeat SET beat = beat % " + Long.MAX_VALUE
            + " + 1, beaten_at = clock_timestamp() WHERE id = 1";

    private Heartbeat() {}

    public static DataGeneratorSource<Long> source(JobConfig config) {
        return new DataGeneratorSource<>(
                beat -> beat,
                Long.MAX_VALUE,
                RateLimiterStrategy.perSecond(MILLIS_PER_SECOND / config.heartbeatMillis()),
                Types.LONG);
    }

    public static JdbcSink<Long> sink(JobConfig config) {
        return JdbcSink.<Long>builder()
                .withQueryStatement(BEAT, (statement, beat) -> {})
                .withExecutionOptions(JdbcExecutionOptions.builder()
                        .withBatchSize(1)
                        .withBatchIntervalMs(0)
                        .withMaxRetries(RETRIES)
                        .build())
                .buildAtLeastOnce(DatabaseSessions.provider(config.writer(), "agentpulse heartbeat"));
    }
}
