/**
 * Runs loads that are written down as files, watches from outside what becomes of them, and reports. Read
 * {@link dev.agentpulse.bench.scenario.ScenarioRun} first.
 */
@NullMarked
package dev.agentpulse.bench.scenario;

import org.jspecify.annotations.NullMarked;
