package dev.agentpulse.local.chaos.starts;

import java.util.Locale;

/** What happens to a job while it starts. */
enum StartFault {
    /** No fault, but what a later one goes back to: often it lies in the middle of the snapshot. */
    CHECKPOINT,
    /** The task manager goes away; Flink restarts the job from the newest checkpoint, or from nothing. */
    LOSE_TASK_MANAGER,
    /** Whatever reads the stream is cut off. */
    TERMINATE_WALSENDER,
    /** Every connection of the job is cut off, the one that reads the snapshot among them. */
    TERMINATE_CONNECTIONS,
    /** The job is cancelled and submitted again with the newest checkpoint, or without state. */
    CANCEL_AND_SUBMIT,
    /** {@code kill -9} of the process that holds cluster and job; another one goes on with the same job. */
    KILL_PROCESS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
