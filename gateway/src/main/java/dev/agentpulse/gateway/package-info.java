/**
 * The gateway: a process of its own that serves the result tables to browsers. It meets the job in the tables only. Read
 * {@link dev.agentpulse.gateway.Gateway} first.
 */
@NullMarked
package dev.agentpulse.gateway;

import org.jspecify.annotations.NullMarked;
