/**
 * How long it takes from the commit of a source row until its result is there. Read
 * {@link dev.agentpulse.bench.freshness.FreshnessProbe} first.
 */
@NullMarked
package dev.agentpulse.bench.freshness;

import org.jspecify.annotations.NullMarked;
