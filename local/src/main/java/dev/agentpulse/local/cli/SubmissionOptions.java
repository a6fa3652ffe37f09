package dev.agentpulse.local.cli;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.cluster.JobSubmission;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the job is to run. */
final class SubmissionOptions {

    @Option(
            names = {"-p", "--parallelism"},
            paramLabel = "N",
            description = "Parallel pipelines (default: parallelism.default in flink-conf/config.yaml).")
    @Nullable
    Integer parallelism;

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    JobOptionArguments jobOptions = new JobOptionArguments();

    JobSubmission submission(@Nullable String restoreFrom) {
        DatabaseAddress address = database.namedOrDemo();
        Configuration options = jobOptions.configuration();
        options.set(JobOptions.DATABASE_URL, address.jdbcUrl());
        options.set(JobOptions.CAPTURE_USERNAME, address.username());
        Path passwordFile = database.passwordFile();
        if (passwordFile != null) {
            options.set(
                    JobOptions.CAPTURE_PASSWORD_FILE,
                    passwordFile.toAbsolutePath().toString());
        }
        return new JobSubmission(parallelism, restoreFrom, new TreeMap<>(options.toMap()));
    }
}
