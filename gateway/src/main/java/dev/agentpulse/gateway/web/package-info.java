/**
 * HTTP and WebSocket: who asks, what they may, and how the answer looks. Read {@link dev.agentpulse.gateway.web.WebServer}
 * first.
 */
@NullMarked
package dev.agentpulse.gateway.web;

import org.jspecify.annotations.NullMarked;
