package dev.agentpulse.local.cli;

import dev.agentpulse.gateway.CommandLineRefusal;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.ProjectFolder;
import java.nio.file.Path;
import org.apache.flink.util.ExceptionUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What {@code ./agentpulse} runs. A command is a class; to add one, name it in {@code subcommands} here and in the
 * script's help.
 */
@Command(
        name = "agentpulse",
        description = "Real-time analytics for teams that run AI agents.",
        subcommands = {
            DemoCommand.class,
            MigrateCommand.class,
            PreflightCommand.class,
            PackageCommand.class,
            ClusterCommand.class,
            ResyncCommand.class,
            AuditCommand.class,
            ReportCommand.class,
            ChaosCommand.class
        })
public final class AgentPulseCli implements Runnable {

    private static final int FAILED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
    private CommandSpec spec;

    @Mixin
    HelpOption help = new HelpOption();

    public static void main(String[] arguments) {
        logTo(ProjectFolder.work().resolve("log").resolve((arguments.length == 0 ? "help" : arguments[0]) + ".log"));
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new AgentPulseCli())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new CommandLineRefusal())
                .setExecutionExceptionHandler(AgentPulseCli::explain);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    /** Failures that somebody can mend are one sentence; anything else is ours and shows where it came from. */
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        String text = failure instanceof CliFailure
                ? String.valueOf(failure.getMessage())
                : ExceptionUtils.stringifyException(failure);
        // A server's words, or Flink's, may be among it.
        command.getErr().println(PrintableText.ofLines(text));
        command.getErr().flush();
        return FAILED;
    }

    /** Before the first logger is made. The terminal belongs to people, so the log goes to a file. */
    private static void logTo(Path file) {
        if (System.getProperty("log.file") == null) {
            System.setProperty("log.file", file.toString());
        }
        if (System.getProperty("log4j.configurationFile") == null) {
            System.setProperty("log4j.configurationFile", "classpath:flink-conf/log4j.properties");
        }
        // Parts log while they are being stopped.
        System.setProperty("log4j.shutdownHookEnabled", "false");
    }
}
