/** Tests of the random schedules of starts. */
@NullMarked
package dev.agentpulse.local.chaos.starts;

import org.jspecify.annotations.NullMarked;
