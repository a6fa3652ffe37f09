/** The queue and the SLA clock. Read {@link dev.agentpulse.job.approval.SlaClockTest} first. */
@NullMarked
package dev.agentpulse.job.approval;

import org.jspecify.annotations.NullMarked;
