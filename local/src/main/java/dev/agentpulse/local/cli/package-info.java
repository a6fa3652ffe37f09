/**
 * The command line behind {@code ./agentpulse}: one class a command, and the options that several of them share. Only
 * this package reads arguments. Read {@link dev.agentpulse.local.cli.AgentPulseCli} first.
 */
@NullMarked
package dev.agentpulse.local.cli;

import org.jspecify.annotations.NullMarked;
