package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One {@code flink run}: Flink's own command line client in a process of its own, with the jar that a production cluster
 * would get. Passwords reach it, and the cluster, as names of files.
 *
 * @param restoreFrom a savepoint or a retained checkpoint
 * @param jobOptions by key
 */
public record JobSubmission(
        @Nullable Integer parallelism, @Nullable String restoreFrom, Map<String, String> jobOptions) {

    private static final String CLIENT = "org.apache.flink.client.cli.CliFrontend";
    private static final Pattern SUBMITTED = Pattern.compile("submitted with JobID ([0-9a-f]{32})");
    private static final Pattern CAUSE = Pattern.compile("^Caused by: (?:[\\w.$]+: )?(.+)$", Pattern.MULTILINE);

    public JobSubmission {
        jobOptions = Map.copyOf(jobOptions);
    }

    /** Submits and returns the id of the job. */
    String run(ClusterFolder folder, Path jar) throws IOException, InterruptedException {
        Path log = folder.logs().resolve("submit.out");
        ProcessBuilder builder = new ProcessBuilder(command(folder, jar, withPasswordFiles(folder)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Secret.removeFrom(builder.environment());
        builder.environment().put("FLINK_CONF_DIR", folder.conf().toString());
        int exitCode = builder.start().waitFor();
        String output = Files.readString(log, StandardCharsets.UTF_8);
        Matcher submitted = SUBMITTED.matcher(output);
        if (exitCode != 0 || !submitted.find()) {
            throw new CliFailure("The job was not submitted: " + reason(output) + " (all of it: " + log + ")");
        }
        return submitted.group(1);
    }

    /** What the environment of this process holds is not in that of the cluster's processes, so they get it by file. */
    private Map<String, String> withPasswordFiles(ClusterFolder folder) throws IOException {
        Map<String, String> options = new TreeMap<>(jobOptions);
        for (Secret secret : Secret.values()) {
            String value = System.getenv(secret.variable());
            if (value != null && !options.containsKey(secret.fileOption())) {
                options.put(secret.fileOption(), secret.write(folder, value).toString());
            }
        }
        return options;
    }

    private List<String> command(ClusterFolder folder, Path jar, Map<String, String> options) {
        List<String> command = new ArrayList<>();
        command.add(JavaLauncher.executable());
        command.addAll(FlinkProcesses.openedForJava17(ClusterConfiguration.load(folder)));
        command.add("-Dlog4j.configurationFile=" + folder.conf().resolve("log4j-cli.properties"));
        command.addAll(List.of("-cp", folder.lib() + "/*", CLIENT, "run", "--detached"));
        if (parallelism != null) {
            command.addAll(List.of("--parallelism", parallelism.toString()));
        }
        if (restoreFrom != null) {
            command.addAll(List.of("--fromSavepoint", restoreFrom));
        }
        command.add(jar.toString());
        options.forEach((key, value) -> command.addAll(List.of("--" + key, value)));
        return command;
    }

    /** The innermost cause is what somebody can act on. */
    static String reason(String clientOutput) {
        Matcher cause = CAUSE.matcher(clientOutput);
        String innermost = "no reason given";
        while (cause.find()) {
            innermost = cause.group(1);
        }
        return innermost;
    }
}
