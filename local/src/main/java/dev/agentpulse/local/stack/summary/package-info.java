/**
 * What the terminal shows while the demo runs, read from the result tables like any dashboard reads them. Read
 * {@link dev.agentpulse.local.stack.summary.Summary} first.
 */
@NullMarked
package dev.agentpulse.local.stack.summary;

import org.jspecify.annotations.NullMarked;
