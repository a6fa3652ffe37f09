/**
 * Tests of the window algebra. {@link dev.agentpulse.udf.aggregate.History} plays one random history to the windows and
 * to {@link dev.agentpulse.udf.aggregate.NaiveWindows}, the oracle; each stream says what must be equal.
 */
@NullMarked
package dev.agentpulse.udf.aggregate;

import org.jspecify.annotations.NullMarked;
