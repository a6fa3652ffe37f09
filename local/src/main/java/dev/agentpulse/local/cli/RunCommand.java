package dev.agentpulse.local.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse cluster run}: what systemd and the like call. */
@Command(
        name = "run",
        description = "The same as start, but in the foreground: for systemd, which starts it again when it is killed.",
        sortOptions = false)
final class RunCommand implements Callable<Integer> {

    @Mixin
    PlanOptions plan = new PlanOptions();

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        plan.prepare(where.folder()).supervisor().run();
        return 0;
    }
}
