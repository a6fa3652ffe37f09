/**
 * What an agent's figures should be at a time, and when they are so far from it that somebody should know. Plain Java,
 * event time only: the same figures give the same incidents, whenever they are computed.
 *
 * <p>Read {@link dev.agentpulse.udf.anomaly.WeeklyProfile} (what is expected), {@link
 * dev.agentpulse.udf.anomaly.VolumeDetector} (how far away it is) and {@link dev.agentpulse.udf.anomaly.Incident} (when
 * that is an incident), in this order. Why it is so, and what was measured: docs/decisions/0014-anomalies.md.
 */
@NullMarked
package dev.agentpulse.udf.anomaly;

import org.jspecify.annotations.NullMarked;
