/** Tests of what needs neither sockets nor a database. */
@NullMarked
package dev.agentpulse.gateway.protocol;

import org.jspecify.annotations.NullMarked;
