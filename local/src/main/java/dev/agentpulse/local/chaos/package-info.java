/**
 * Faults against a cluster of separate processes with writers running, and the proof afterwards that nothing was lost or
 * doubled. Read {@link dev.agentpulse.local.chaos.Fault} first.
 */
@NullMarked
package dev.agentpulse.local.chaos;

import org.jspecify.annotations.NullMarked;
