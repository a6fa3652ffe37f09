package dev.agentpulse.local.stack.traffic;

import java.util.LinkedHashMap;
import java.util.Map;

/** The database's keys by the script's ordinals, for the newest rows only, so that days of traffic fit in memory. */
final class RowKeys extends LinkedHashMap<Long, Object> {

    private static final int NEWEST_KEPT = 200_000;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Object> eldest) {
        return size() > NEWEST_KEPT;
    }
}
