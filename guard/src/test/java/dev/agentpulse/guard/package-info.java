/** Tests of the rules alone, and of a cluster behind them. */
@NullMarked
package dev.agentpulse.guard;

import org.jspecify.annotations.NullMarked;
