/** Tests of corrections that need no cluster. */
@NullMarked
package dev.agentpulse.local.chaos.corrections;

import org.jspecify.annotations.NullMarked;
