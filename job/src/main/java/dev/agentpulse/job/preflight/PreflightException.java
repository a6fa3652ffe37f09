package dev.agentpulse.job.preflight;

import java.util.List;
import java.util.stream.Collectors;

/** A database is not ready for the job. The message says what is wrong, and what mends it, a line each. */
public final class PreflightException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    PreflightException(String database, List<Finding> errors) {
        super("The job cannot start on " + database + ":\n"
                + errors.stream().map(Finding::sentence).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(errors);
    }

    /** What has to be mended first; errors only. */
    public List<Finding> findings() {
        return findings;
    }
}
