/**
 * Reads the database: ticks once for all who watch, tables in the role of whoever asks, rights, acknowledgements. Read
 * {@link dev.agentpulse.gateway.snapshot.TickFeed} and {@link dev.agentpulse.gateway.snapshot.RestReader} first.
 */
@NullMarked
package dev.agentpulse.gateway.snapshot;

import org.jspecify.annotations.NullMarked;
