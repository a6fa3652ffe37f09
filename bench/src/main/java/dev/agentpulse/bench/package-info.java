/**
 * Measures what an operator feels, on a running system, from outside. Read {@link dev.agentpulse.bench.BenchCli} first;
 * each measurement has a package of its own.
 */
@NullMarked
package dev.agentpulse.bench;

import org.jspecify.annotations.NullMarked;
