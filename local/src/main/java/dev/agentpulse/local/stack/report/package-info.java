/** The monthly report for those who have to account for an agent. Read {@code ComplianceReport} first. */
@NullMarked
package dev.agentpulse.local.stack.report;

import org.jspecify.annotations.NullMarked;
