/** The audit log, read and judged by code that shares nothing with what writes it. Read {@code AuditChain} first. */
@NullMarked
package dev.agentpulse.local.stack.audit;

import org.jspecify.annotations.NullMarked;
