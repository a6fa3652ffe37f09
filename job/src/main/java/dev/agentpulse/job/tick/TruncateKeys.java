package dev.agentpulse.job.tick;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** Keys that reach every subtask of a keyed operator, one each: the way for what concerns all keys. */
public final class TruncateKeys {

    private TruncateKeys() {}

    public static String[] forSubtasks(int parallelism, int maxParallelism) {
        List<String> keys = new ArrayList<>();
        for (int candidate = 0; keys.size() < parallelism; candidate++) {
            String key = "truncate-" + candidate;
            if (KeyGroupRangeAssignment.assignKeyToParallelOperator(key, maxParallelism, parallelism) == keys.size()) {
                keys.add(key);
            }
        }
        return keys.toArray(String[]::new);
    }
}
