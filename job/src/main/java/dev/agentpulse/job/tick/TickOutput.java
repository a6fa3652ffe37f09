package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.TickRecord;
import org.apache.flink.util.OutputTag;

/** What {@link TickLogic} may emit. The tick writer assigns records to ticks by the time that they are stamped with. */
public interface TickOutput {

    /** Emits a record of the current tick, stamped with the tick's time; only for {@link TickLogic#tick}. */
    void emit(TickRecord record);

    /**
     * Emits a record of an earlier time than the tick's, or between two ticks.
     *
     * @param timeMicros the log's time that the record belongs to: after the last tick; where its transaction is not
     *     complete, of one whose record must not depend on what else the transaction holds
     */
    void emit(TickRecord record, long timeMicros);

    /**
     * Emits to a side output.
     *
     * @param timeMicros the log's time that the value belongs to: after the last tick, and of a complete transaction; of
     *     a change that is handed on, its own
     */
    <X> void emit(OutputTag<X> tag, X value, long timeMicros);

    /** Counts a before image that was not found where it had to be. */
    void countUnmatchedRetraction();
}
