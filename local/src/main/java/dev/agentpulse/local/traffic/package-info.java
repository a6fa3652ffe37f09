/**
 * A traffic generator that behaves like a team with eight agents. {@link dev.agentpulse.local.traffic.TrafficScript}
 * decides what happens (from a seed, without a clock or a database); {@link dev.agentpulse.local.traffic.TrafficWorker}
 * makes it happen. Read the script first.
 */
@NullMarked
package dev.agentpulse.local.traffic;

import org.jspecify.annotations.NullMarked;
