package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.SourceConfig;
import java.io.Serializable;

/**
 * What reading takes.
 *
 * @param capture reads tables and log
 * @param writer shows how far the reading of the tables is
 */
record ReaderSettings(DatabaseConfig capture, DatabaseConfig writer, SourceConfig source) implements Serializable {}
