/** Alert rules. Read {@link dev.agentpulse.job.alert.AgentDegradedFunctionTest} first. */
@NullMarked
package dev.agentpulse.job.alert;

import org.jspecify.annotations.NullMarked;
