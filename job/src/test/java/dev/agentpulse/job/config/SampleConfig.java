package dev.agentpulse.job.config;

import org.apache.flink.configuration.Configuration;

/** Configurations as a job reads them, with no password and no file. */
public final class SampleConfig {

    public static final String URL = "jdbc:postgresql://localhost:5432/agentpulse";

    private SampleConfig() {}

    /** Defaults, except for the keys and values that are given in turn. */
    public static JobConfig of(String... keysAndValues) {
        return JobConfig.from(options(keysAndValues));
    }

    static Configuration options(String... keysAndValues) {
        Configuration options = new Configuration();
        options.set(JobOptions.DATABASE_URL, URL);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            options.setString(keysAndValues[i], keysAndValues[i + 1]);
        }
        return options;
    }
}
