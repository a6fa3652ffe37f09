/**
 * Looks at a database before the job starts on it, and says in one sentence each what is missing and which statement
 * mends it. Start reading at {@link dev.agentpulse.job.preflight.Preflight}.
 */
@NullMarked
package dev.agentpulse.job.preflight;

import org.jspecify.annotations.NullMarked;
