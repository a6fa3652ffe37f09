/** Tests of what the gateway keeps in memory. */
@NullMarked
package dev.agentpulse.gateway.snapshot;

import org.jspecify.annotations.NullMarked;
