package dev.agentpulse.local.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./agentpulse cluster}: a Flink cluster of separate processes on this machine. */
@Command(
        name = "cluster",
        description = "Run a real Flink cluster of separate processes on this machine, and the job on it.",
        subcommands = {
            StartCommand.class,
            RunCommand.class,
            StatusCommand.class,
            SubmitCommand.class,
            SavepointCommand.class,
            UpgradeCommand.class,
            StopJobCommand.class,
            StopCommand.class
        })
final class ClusterCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
    private CommandSpec spec;

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what the cluster shall do.");
    }
}
