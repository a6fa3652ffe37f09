@NullMarked
package dev.agentpulse.job.audit;

import org.jspecify.annotations.NullMarked;
