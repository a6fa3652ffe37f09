/**
 * Whether the pipeline is right: random changes to the source tables, and by plain SQL and by the contract what results,
 * alerts and messages must then be. Knows tables and nothing of the job. Read {@link dev.agentpulse.proof.Results} first,
 * then {@link dev.agentpulse.proof.RandomChanges}.
 */
@NullMarked
package dev.agentpulse.proof;

import org.jspecify.annotations.NullMarked;
