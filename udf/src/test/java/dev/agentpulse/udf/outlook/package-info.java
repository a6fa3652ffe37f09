/** Looking ahead against naive recomputation, published tables and, where it is at hand, public data. */
@NullMarked
package dev.agentpulse.udf.outlook;

import org.jspecify.annotations.NullMarked;
