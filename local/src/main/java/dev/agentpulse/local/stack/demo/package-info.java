/**
 * The demo: every part of the system in one process, started in order and stopped in reverse. Read
 * {@link dev.agentpulse.local.stack.demo.Demo} first.
 */
@NullMarked
package dev.agentpulse.local.stack.demo;

import org.jspecify.annotations.NullMarked;
