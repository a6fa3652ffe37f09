/**
 * What travels: PostgREST's query strings and errors, Realtime's frames, and the records in which the other packages
 * meet. Knows the JDK and Jackson only. Read {@link dev.agentpulse.gateway.protocol.RestQuery} and
 * {@link dev.agentpulse.gateway.protocol.ClientMessage} first.
 */
@NullMarked
package dev.agentpulse.gateway.protocol;

import org.jspecify.annotations.NullMarked;
