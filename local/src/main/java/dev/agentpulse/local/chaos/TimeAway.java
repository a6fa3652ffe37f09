package dev.agentpulse.local.chaos;

import java.time.Instant;

/** When a job was not there or not up to date: from a fault on until results were fresh again. */
record TimeAway(Instant since, Instant until) {}
