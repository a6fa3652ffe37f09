/**
 * Many viewers of one gateway or several: what reaches them, and what it costs. Read {@link
 * dev.agentpulse.bench.viewers.ViewersCommand} first.
 */
@NullMarked
package dev.agentpulse.bench.viewers;

import org.jspecify.annotations.NullMarked;
