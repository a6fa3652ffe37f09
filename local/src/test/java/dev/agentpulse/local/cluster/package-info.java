/** Tests of the cluster of separate processes and of everything that is shipped for other clusters. */
@NullMarked
package dev.agentpulse.local.cluster;

import org.jspecify.annotations.NullMarked;
