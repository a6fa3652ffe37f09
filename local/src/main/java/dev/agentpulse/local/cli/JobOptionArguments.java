package dev.agentpulse.local.cli;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.CliFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/** Options of the job itself, given as {@code --config key=value}. */
final class JobOptionArguments {

    @Option(
            names = "--config",
            paramLabel = "KEY=VALUE",
            description = "An option of the job, as in --config agentpulse.sla.threshold=10s. May be repeated; see"
                    + " docs/configuration.md.")
    Map<String, String> values = new LinkedHashMap<>();

    Configuration configuration() {
        for (String key : values.keySet()) {
            if (!JobOptions.all().containsKey(key)) {
                throw new CliFailure("--config does not know " + key + ": docs/configuration.md lists every option.");
            }
        }
        return Configuration.fromMap(values);
    }
}
