package dev.agentpulse.job.model;

import org.apache.flink.api.java.functions.KeySelector;

/**
 * Selects the key of a change. A class, because of several method references to one method, each for another type of
 * change, deserialization makes the first (JDK-8208752).
 */
public final class ByKey<C extends KeyedChange> implements KeySelector<C, String> {

    private static final long serialVersionUID = 1L;

    @Override
    public String getKey(C change) {
        return change.key();
    }
}
