/** What the operator that looks ahead emits, against what its rows come to. */
@NullMarked
package dev.agentpulse.job.outlook;

import org.jspecify.annotations.NullMarked;
