/** Rules for the whole module: {@link dev.agentpulse.udf.LayersTest}. */
@NullMarked
package dev.agentpulse.udf;

import org.jspecify.annotations.NullMarked;
