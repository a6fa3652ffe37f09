package dev.agentpulse.local.cli;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.demo.Demo;
import dev.agentpulse.local.stack.demo.DemoSettings;
import dev.agentpulse.local.stack.traffic.TrafficRate;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code ./agentpulse demo}: everything at once, on this machine. */
@Command(
        name = "demo",
        description = "Start Postgres, the job with Flink's web UI, the page, and traffic, and show what happens.",
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {

    static final int POSTGRES_PORT = 5433;
    static final int FLINK_PORT = 8081;
    private static final int PAGE_PORT = 8090;

    /** The script knows whether a person is watching; a Java program does not. */
    private static final String TERMINAL_PROPERTY = "agentpulse.terminal";

    @Option(
            names = "--traffic",
            paramLabel = "LEVEL",
            converter = TrafficRateConverter.class,
            description = "none, normal (50 changes a second), peak (500), stress (5000), or a number of changes a"
                    + " second. Default: normal; none with --database-url.")
    @Nullable
    TrafficRate traffic;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the traffic (default: ${DEFAULT-VALUE}).")
    long seed = 1;

    @Option(
            names = "--postgres-port",
            paramLabel = "PORT",
            description = "Port of the embedded Postgres (default: ${DEFAULT-VALUE}).")
    int postgresPort = POSTGRES_PORT;

    @Option(
            names = "--flink-port",
            paramLabel = "PORT",
            description = "Port of the web UI (default: ${DEFAULT-VALUE}).")
    int flinkPort = FLINK_PORT;

    @Option(
            names = "--page-port",
            paramLabel = "PORT",
            description = "Port of the page and of the gateway behind it (default: ${DEFAULT-VALUE}).")
    int pagePort = PAGE_PORT;

    @Option(names = "--no-page", description = "Start no gateway, and build no page.")
    boolean noPage;

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "Keep the data and the checkpoints there; the next start goes on from the newest checkpoint.")
    @Nullable
    Path dataFolder;

    @Option(
            names = "--create-source-tables",
            description = "With --database-url: create the three tables if they are not there.")
    boolean createSourceTables;

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    JobOptionArguments jobOptions = new JobOptionArguments();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Demo demo = new Demo(settings(), System.out);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(demo), "stop-demo"));
        try (demo) {
            String end = demo.run();
            if (!demo.isClosing()) {
                throw new CliFailure("The job ended for good: " + end);
            }
        }
        return 0;
    }

    DemoSettings settings() {
        DatabaseAddress existing = database.named();
        Configuration options = jobOptions.configuration();
        if (database.passwordFile != null) {
            options.set(JobOptions.CAPTURE_PASSWORD_FILE, database.passwordFile.toString());
        }
        // A person's tables are not written to unless asked for.
        TrafficRate usual = existing == null ? TrafficRate.parse("normal") : TrafficRate.NONE;
        return new DemoSettings(
                existing,
                dataFolder,
                postgresPort,
                flinkPort,
                noPage ? null : pagePort,
                traffic == null ? usual : traffic,
                seed,
                createSourceTables,
                Boolean.getBoolean(TERMINAL_PROPERTY),
                options);
    }

    private static void stop(Demo demo) {
        if (!demo.isClosing()) {
            System.out.println("\nStopping …");
        }
        demo.close();
    }

    /** Picocli shows the message of this very exception only. */
    static final class TrafficRateConverter implements ITypeConverter<TrafficRate> {

        @Override
        public TrafficRate convert(String text) {
            try {
                return TrafficRate.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
