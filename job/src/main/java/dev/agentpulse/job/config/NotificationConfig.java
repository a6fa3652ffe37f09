package dev.agentpulse.job.config;

import java.io.Serializable;

/**
 * How many messages one tick notifies on one channel.
 *
 * @param limit up to so many messages, each is notified
 * @param first of more than that, so many are notified one by one
 */
public record NotificationConfig(int limit, int first) implements Serializable {

    public NotificationConfig {
        if (first < 0 || first > limit) {
            throw new IllegalArgumentException(JobOptions.NOTIFY_FIRST.key() + " must lie between 0 and "
                    + JobOptions.NOTIFY_LIMIT.key() + ", which is " + limit + ", but is " + first);
        }
    }
}
