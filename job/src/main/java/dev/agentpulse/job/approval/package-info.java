/**
 * Which approvals wait, how long, and how fast decisions come.
 *
 * <p>Read {@link dev.agentpulse.job.approval.ApprovalQueueLogic} first, then {@link
 * dev.agentpulse.job.approval.SlaClock}.
 */
@NullMarked
package dev.agentpulse.job.approval;

import org.jspecify.annotations.NullMarked;
