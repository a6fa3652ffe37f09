/**
 * Alert rules that look at one change or at an agent's health, and the life of what they open. (The SLA rule lives with
 * its clock, in the approval package.)
 *
 * <p>Read {@link dev.agentpulse.job.alert.AgentDegradedFunction} first. To add a rule, see docs/architecture.md.
 */
@NullMarked
package dev.agentpulse.job.alert;

import org.jspecify.annotations.NullMarked;
