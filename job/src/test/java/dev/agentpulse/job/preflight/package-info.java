/**
 * Tests of the preflight: each finding is provoked on a real server, and its fix applied. Start reading at
 * {@link dev.agentpulse.job.preflight.PreflightITCase}.
 */
@NullMarked
package dev.agentpulse.job.preflight;

import org.jspecify.annotations.NullMarked;
