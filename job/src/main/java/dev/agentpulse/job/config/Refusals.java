package dev.agentpulse.job.config;

import java.sql.SQLException;
import java.util.Set;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Which errors of the database come back with the same statement until a person changes something, and which go by themselves. */
public final class Refusals {

    /**
     * SQLSTATE classes data_exception, integrity_constraint_violation and program_limit_exceeded, and that of triggers
     * that raise an error.
     */
    private static final Set<String> DATA_CLASSES = Set.of("22", "23", "54", "P0");

    /** A table, a column or a right is missing. */
    private static final String ACCESS_CLASS = "42";

    /** insufficient_resources: of room on a disk, of memory, of connections. */
    private static final String RESOURCES_CLASS = "53";

    private static final int CLASS_LENGTH = 2;

    /** lock_not_available and deadlock_detected. */
    private static final Set<String> LOCKED_OUT = Set.of("55P03", "40P01");

    private Refusals() {}

    /** Whether a statement failed for what its rows hold. */
    public static boolean lieInData(SQLException problem) {
        return DATA_CLASSES.contains(classOf(problem));
    }

    /** Whether a statement failed for what its rows hold, or for what is missing in the database. */
    public static boolean last(SQLException problem) {
        return lieInData(problem) || ACCESS_CLASS.equals(classOf(problem));
    }

    /** Whether a statement failed for a lock that somebody holds: the same may succeed later. */
    public static boolean isLockedOut(SQLException problem) {
        return LOCKED_OUT.contains(String.valueOf(problem.getSQLState()));
    }

    /** Whether a statement failed for what the server lacks, such as room on its disk: the same may succeed later. */
    public static boolean isShortOfResources(SQLException problem) {
        return RESOURCES_CLASS.equals(classOf(problem));
    }

    private static String classOf(SQLException problem) {
        String state = problem.getSQLState();
        return state == null || state.length() < CLASS_LENGTH ? "" : state.substring(0, CLASS_LENGTH);
    }

    /** Ends the job for good: a restart would meet the same. */
    public static SuppressRestartsException ending(String applicationName, SQLException problem) {
        return new SuppressRestartsException(new IllegalStateException(
                "The database refuses what " + applicationName + " writes, and would again: " + problem.getMessage()
                        + "; ./agentpulse preflight says what it lacks, a trigger or constraint on a table of schema"
                        + " agentpulse has to go.",
                problem));
    }
}
