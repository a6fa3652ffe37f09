/**
 * A traffic generator that behaves like a team with eight agents. {@link dev.agentpulse.local.stack.traffic.TrafficScript}
 * decides what happens (from a seed, without a clock or a database); {@link dev.agentpulse.local.stack.traffic.TrafficWorker}
 * makes it happen. Read the script first.
 */
@NullMarked
package dev.agentpulse.local.stack.traffic;

import org.jspecify.annotations.NullMarked;
