package dev.agentpulse.job.source;

import java.sql.SQLException;
import java.util.Set;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** What cannot be read, now or at another time: it ends the job for good, instead of being read again for ever. */
final class ReadLimits {

    /** SQLSTATE classes data_exception and program_limit_exceeded. */
    private static final Set<String> DATA_CLASSES = Set.of("22", "54");

    /** SQLSTATE undefined_object. */
    private static final String UNDEFINED = "42704";

    private static final int CLASS_LENGTH = 2;
    private static final long MEGABYTE = 1 << 20;

    /** If as much is free when an allocation fails, it was a large one: that of a row, which is read in one piece. */
    private static final long ROOM_FOR_ALL_ELSE = 64 * MEGABYTE;

    private ReadLimits() {}

    /** Whether the server failed for what a row holds, so that it would fail again at any time. */
    static boolean liesInData(SQLException problem) {
        String state = problem.getSQLState();
        return state != null
                && state.length() > CLASS_LENGTH
                && DATA_CLASSES.contains(state.substring(0, CLASS_LENGTH));
    }

    /** Whether a change of the log cannot be decoded, because there was no publication when it was made. */
    static boolean liesInPublication(SQLException problem) {
        return UNDEFINED.equals(problem.getSQLState());
    }

    /** The end of a job whose publication was away for a while. */
    static SuppressRestartsException cannotBeRead(String publication, SQLException problem) {
        return new SuppressRestartsException(new IllegalStateException(
                "The publication " + publication + " was not there when a change was made, so that the change cannot be"
                        + " read any more: " + problem.getMessage()
                        + ". Start the job without the checkpoint, so that it"
                        + " reads the tables anew (./agentpulse resync).",
                problem));
    }

    /** The end of a job that reads what the server cannot send. */
    static SuppressRestartsException cannotBeSent(SQLException problem) {
        return new SuppressRestartsException(new IllegalStateException(
                "The server cannot send a row of the source tables, and could not at another time: "
                        + problem.getMessage() + ". Change or delete the row, then start the job without the"
                        + " checkpoint, so that it reads the tables anew (./agentpulse resync).",
                problem));
    }

    /**
     * The end of a job that reads a row for which there is no memory.
     *
     * @throws OutOfMemoryError as it is, where it was not a row's size that made it
     */
    static SuppressRestartsException explain(OutOfMemoryError problem) {
        Runtime heap = Runtime.getRuntime();
        long free = heap.maxMemory() - heap.totalMemory() + heap.freeMemory();
        if (free < ROOM_FOR_ALL_ELSE) {
            throw problem;
        }
        // Without the error as the cause, which would end the process in place of the job.
        return new SuppressRestartsException(new IllegalStateException(
                "A change of the log is larger than the memory that is free here, " + free / MEGABYTE + " MB of "
                        + heap.maxMemory() / MEGABYTE + " MB: a row is read in one piece, with every column. Raise"
                        + " taskmanager.memory.process.size, or pass over the row: start the job without the"
                        + " checkpoint, so that it reads the tables anew (./agentpulse resync)."));
    }
}
