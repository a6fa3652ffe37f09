/** Tests of the parts of the chaos command that need no cluster. */
@NullMarked
package dev.agentpulse.local.chaos;

import org.jspecify.annotations.NullMarked;
