package dev.agentpulse.job.model;

/**
 * The window that a result row covers: {@code (startMicros, endMicros]}.
 *
 * @param name as the tables' {@code window_name} has it
 */
public record WindowEdges(String name, long startMicros, long endMicros) {}
