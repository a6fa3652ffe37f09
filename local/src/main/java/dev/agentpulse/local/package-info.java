/**
 * The command line behind {@code ./agentpulse}: one class a command. Read {@link dev.agentpulse.local.AgentPulseCli}
 * first.
 */
@NullMarked
package dev.agentpulse.local;

import org.jspecify.annotations.NullMarked;
