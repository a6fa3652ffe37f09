package dev.agentpulse.local.stack.audit;

import java.util.Optional;

/**
 * What the chain of the audit log is worth.
 *
 * @param right how many entries fit, from the first on
 * @param last the last one of them
 * @param misfit a sentence about the first that does not; empty where all fit
 * @param waiting how many entries are on their way into the log, and not protected yet
 */
public record AuditVerdict(long right, AuditHead last, Optional<String> misfit, long waiting) {}
