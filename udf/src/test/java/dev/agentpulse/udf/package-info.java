/** For the whole module: rules, {@link dev.agentpulse.udf.LayersTest}, and public data, {@link dev.agentpulse.udf.TestData}. */
@NullMarked
package dev.agentpulse.udf;

import org.jspecify.annotations.NullMarked;
