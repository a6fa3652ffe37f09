package dev.agentpulse.job.source;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.preflight.Preflight;
import dev.agentpulse.job.preflight.PreflightException;
import java.sql.SQLException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.FlinkRuntimeException;

/** What the database must have, looked for at each start and restart, wherever the job was submitted. */
final class Prerequisites {

    private Prerequisites() {}

    /**
     * Looks for all of it.
     *
     * @throws SuppressRestartsException if something is missing: the sentence says which statement mends it
     * @throws FlinkRuntimeException if the database cannot be asked: trying again may help
     */
    static void require(JobConfig config) {
        try {
            Preflight.require(config);
        } catch (PreflightException e) {
            throw new SuppressRestartsException(e);
        } catch (SQLException e) {
            throw new FlinkRuntimeException("cannot ask " + config.capture() + ": " + e.getMessage(), e);
        }
    }
}
