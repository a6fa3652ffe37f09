/** Records and messages, and {@link dev.agentpulse.job.model.Samples}, the rows that other tests are made of. */
@NullMarked
package dev.agentpulse.job.model;

import org.jspecify.annotations.NullMarked;
