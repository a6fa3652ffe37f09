package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.SourceConfig;
import java.io.Serializable;

/**
 * What reading takes.
 *
 * @param capture reads tables and log
 * @param writer shows how far the reading of the tables is
 * @param mattersMicros how long a row can matter to a window, from its event time on
 */
record ReaderSettings(DatabaseConfig capture, DatabaseConfig writer, SourceConfig source, long mattersMicros)
        implements Serializable {}
