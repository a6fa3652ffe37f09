/**
 * Transactions and amounts far beyond the ordinary against a cluster with its default memory, each compared with plain SQL.
 * Read {@link dev.agentpulse.local.chaos.large.LargeLoad} first, then {@link dev.agentpulse.local.chaos.large.LargeRun}.
 */
@NullMarked
package dev.agentpulse.local.chaos.large;

import org.jspecify.annotations.NullMarked;
