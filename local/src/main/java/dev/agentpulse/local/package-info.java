/**
 * What all of the local stack shares: where the checkout lies, free ports, failures that somebody can mend. Below it are
 * three houses that do not know each other, but that chaos strikes a cluster and a database: {@code stack}, everything
 * in one process; {@code cluster}, separate processes; {@code chaos}, what goes wrong. {@code cli} is on top of them.
 */
@NullMarked
package dev.agentpulse.local;

import org.jspecify.annotations.NullMarked;
