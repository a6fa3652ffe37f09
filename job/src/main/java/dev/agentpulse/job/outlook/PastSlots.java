package dev.agentpulse.job.outlook;

import dev.agentpulse.udf.outlook.QueryParts;
import java.io.Serializable;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What history knows of the time before the job has state of an agent. */
public interface PastSlots extends Serializable, AutoCloseable {

    /** What queries of a slot (15 minutes, counted from 1970) add up to. */
    final class Slot implements Serializable {
        private static final long serialVersionUID = 1L;

        final long number;
        final QueryParts parts;

        public Slot(long number, QueryParts parts) {
            this.number = number;
            this.parts = parts;
        }
    }

    /**
     * The keys (see {@link dev.agentpulse.job.model.HistoryTable#key}) of agents and queues that history has something of in
     * the last 30 days; null while that is still being read from the source tables.
     */
    @Nullable
    Set<String> keys() throws SQLException;

    /**
     * The slots of an agent, in their order.
     *
     * @param untilMicros a slot begins before, and not earlier than 30 days before
     */
    List<Slot> read(String agent, long untilMicros) throws SQLException;

    /** What a slot did to a queue. */
    final class QueueSlot {
        final long number;
        final int requested;
        final int decided;
        final int stillWaiting;

        /** @param stillWaiting those of its requests that wait now */
        public QueueSlot(long number, int requested, int decided, int stillWaiting) {
            this.number = number;
            this.requested = requested;
            this.decided = decided;
            this.stillWaiting = stillWaiting;
        }
    }

    /** The slots of a queue, as {@link #read}. */
    List<QueueSlot> readQueue(String queue, long untilMicros) throws SQLException;

    /** Called now and then: gives back what is kept for the next question when nothing was asked for a while. */
    void rest();

    /** Nothing is asked for any more. */
    @Override
    void close();
}
