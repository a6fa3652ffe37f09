package dev.agentpulse.local.stack.demo;

import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.traffic.TrafficRate;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * What a demo is asked to be.
 *
 * @param database an existing database; null for the embedded one
 * @param dataFolder where data and checkpoints are kept; null to forget them
 * @param pagePort where the gateway serves the page; null for none
 * @param jobOptions options of the job, as a cluster's user gives them
 * @param trafficSeed makes the traffic repeatable
 * @param liveScreen whether the terminal can be redrawn
 */
public record DemoSettings(
        @Nullable DatabaseAddress database,
        @Nullable Path dataFolder,
        int postgresPort,
        int flinkPort,
        @Nullable Integer pagePort,
        TrafficRate traffic,
        long trafficSeed,
        boolean createSourceTables,
        boolean liveScreen,
        Configuration jobOptions) {

    public DemoSettings {
        Objects.requireNonNull(traffic, "traffic");
        Objects.requireNonNull(jobOptions, "jobOptions");
    }
}
