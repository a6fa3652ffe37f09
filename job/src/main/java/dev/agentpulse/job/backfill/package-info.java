/**
 * History of the time before the job's first start, read from the source table: what is read, how rows make buckets, and
 * where they meet the stream. See docs/decisions/0011-history.md.
 */
@NullMarked
package dev.agentpulse.job.backfill;

import org.jspecify.annotations.NullMarked;
