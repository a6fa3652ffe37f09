/** Hears that there is something to read. Read {@link dev.agentpulse.gateway.listen.NotificationListener} first. */
@NullMarked
package dev.agentpulse.gateway.listen;

import org.jspecify.annotations.NullMarked;
