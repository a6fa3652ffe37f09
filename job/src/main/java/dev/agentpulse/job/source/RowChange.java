package dev.agentpulse.job.source;

import dev.agentpulse.job.model.Change;

/**
 * A change on its way to the image of its row.
 *
 * @param row which row it concerns, of whichever table; for a TRUNCATE a key that reaches one subtask
 */
public record RowChange(String row, Change change) {}
