package dev.agentpulse.bench;

import dev.agentpulse.bench.algebra.AlgebraCommand;
import dev.agentpulse.bench.backlog.BacklogCommand;
import dev.agentpulse.bench.freshness.FreshnessCommand;
import dev.agentpulse.bench.freshness.PageCommand;
import dev.agentpulse.bench.scenario.RunCommand;
import dev.agentpulse.bench.viewers.ViewersCommand;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code ./agentpulse bench} runs: one command a measurement. */
@Command(
        name = "agentpulse bench",
        description = "Measure a running system, or the windows by themselves.",
        mixinStandardHelpOptions = true,
        subcommands = {
            FreshnessCommand.class,
            BacklogCommand.class,
            PageCommand.class,
            ViewersCommand.class,
            AlgebraCommand.class,
            RunCommand.class
        })
public final class BenchCli implements Runnable {

    private static final int FAILED = 1;
    private static final Pattern USER_INFO = Pattern.compile("(?s)//.*@");
    private static final Pattern PASSWORD = Pattern.compile("(?is)(password)['=,\\s].*");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
    private CommandSpec spec;

    public static void main(String[] arguments) {
        CommandLine command = commandLine();
        System.exit(command.execute(withCommand(arguments, command)));
    }

    /** What is neither an option nor a command is a scenario. */
    static String[] withCommand(String[] arguments, CommandLine command) {
        if (arguments.length == 0
                || arguments[0].startsWith("-")
                || command.getSubcommands().containsKey(arguments[0])) {
            return arguments;
        }
        List<String> run = new ArrayList<>(List.of("run"));
        run.addAll(List.of(arguments));
        return run.toArray(new String[0]);
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchCli())
                .setParameterExceptionHandler(BenchCli::refuse)
                .setExecutionExceptionHandler(BenchCli::explain);
    }

    /**
     * What picocli repeats of the command line may be a URL with a password, of any characters. The gateway's CommandLineRefusal
     * says it alike, and is not used here: bench knows addresses only, and no part of what it measures.
     */
    private static int refuse(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String shown = USER_INFO.matcher(String.valueOf(failure.getMessage())).replaceAll("//…@");
        command.getErr().println(PASSWORD.matcher(shown).replaceAll("$1…"));
        command.usage(command.getErr());
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Name a scenario (bench run lists them) or a measurement: freshness, backlog, page, viewers or algebra.");
    }

    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        if (failure instanceof SQLException || failure instanceof IllegalArgumentException) {
            command.getErr().println(failure.getMessage());
        } else {
            failure.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return FAILED;
    }
}
