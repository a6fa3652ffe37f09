/** Tests of what the measurement of viewers counts. */
@NullMarked
package dev.agentpulse.bench.viewers;

import org.jspecify.annotations.NullMarked;
