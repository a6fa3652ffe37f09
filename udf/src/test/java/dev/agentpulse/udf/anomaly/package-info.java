/** Anomalies: against a naive recomputation, against simulated agents, and against public series. */
@NullMarked
package dev.agentpulse.udf.anomaly;

import org.jspecify.annotations.NullMarked;
