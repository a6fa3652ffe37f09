/**
 * Corrections of rows of up to seven days' age on a cluster of separate processes, some with a kill beside them: how long
 * until the buckets that they touch equal plain SQL again. Read {@link
 * dev.agentpulse.local.chaos.corrections.CorrectionKind} first, then {@link
 * dev.agentpulse.local.chaos.corrections.CorrectionRun}.
 */
@NullMarked
package dev.agentpulse.local.chaos.corrections;

import org.jspecify.annotations.NullMarked;
