/** A gateway on a real Postgres, asked from outside. Read {@link dev.agentpulse.gateway.GatewayServer} first. */
@NullMarked
package dev.agentpulse.gateway;

import org.jspecify.annotations.NullMarked;
