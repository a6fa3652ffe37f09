/**
 * What a user would pick instead of the pipeline, on tables of its own with the same rows. Read
 * {@link dev.agentpulse.bench.peer.Subject} first.
 */
@NullMarked
package dev.agentpulse.bench.peer;

import org.jspecify.annotations.NullMarked;
