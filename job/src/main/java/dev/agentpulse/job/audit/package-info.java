/**
 * The pipeline checks itself: figures of result tables against the oracle's SQL over the source tables, at one position of
 * the log. What is compared, how, and when it counts as wrong; no thread and no writing. See
 * docs/decisions/0015-self-audit.md.
 */
@NullMarked
package dev.agentpulse.job.audit;

import org.jspecify.annotations.NullMarked;
