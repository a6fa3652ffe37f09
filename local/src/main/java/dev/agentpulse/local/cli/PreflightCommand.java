package dev.agentpulse.local.cli;

import dev.agentpulse.job.preflight.Finding;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.PreflightCheck;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse preflight}: whether a database is ready. */
@Command(
        name = "preflight",
        description = "Check that the job can run on a database; each finding comes with the statement that mends it."
                + " Changes nothing. Exits with 1 when something must be mended first.",
        sortOptions = false)
final class PreflightCommand implements Callable<Integer> {

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    JobOptionArguments jobOptions = new JobOptionArguments();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() {
        DatabaseAddress address = database.namedOrDemo();
        List<Finding> findings = PreflightCheck.run(address, jobOptions.configuration());
        System.out.println(address.forPeople());
        PreflightCheck.print(findings, true, System.out);
        boolean ready = PreflightCheck.canStart(findings);
        System.out.println(ready ? "The job can start." : "The job cannot start yet.");
        return ready ? 0 : 1;
    }
}
