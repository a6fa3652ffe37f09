/**
 * Writes source rows at planned times, in a process of its own. Read {@link dev.agentpulse.bench.load.LoadGenerator}
 * first.
 */
@NullMarked
package dev.agentpulse.bench.load;

import org.jspecify.annotations.NullMarked;
