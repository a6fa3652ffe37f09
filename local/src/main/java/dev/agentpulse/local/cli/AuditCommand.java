package dev.agentpulse.local.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./agentpulse audit}: the log of who did what. */
@Command(
        name = "audit",
        description = "Check the log of who did what.",
        subcommands = {AuditVerifyCommand.class})
final class AuditCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
    private CommandSpec spec;

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what to do with the audit log: verify.");
    }
}
