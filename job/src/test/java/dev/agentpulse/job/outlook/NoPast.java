package dev.agentpulse.job.outlook;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A past in which nothing was written. */
public class NoPast implements PastSlots {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Set<String> keys() {
        return Set.of();
    }

    @Override
    public List<Slot> read(String agent, long untilMicros) throws SQLException {
        return List.of();
    }

    @Override
    public List<QueueSlot> readQueue(String queue, long untilMicros) {
        return List.of();
    }

    @Override
    public void rest() {}

    @Override
    public void close() {}
}
