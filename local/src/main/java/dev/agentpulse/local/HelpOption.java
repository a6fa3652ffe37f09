package dev.agentpulse.local;

import picocli.CommandLine.Option;

/** {@code --help}, the same for every command. */
public final class HelpOption {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean requested;
}
