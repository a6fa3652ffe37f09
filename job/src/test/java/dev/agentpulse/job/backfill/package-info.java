@NullMarked
package dev.agentpulse.job.backfill;

import org.jspecify.annotations.NullMarked;
