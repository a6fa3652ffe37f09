package dev.agentpulse.job.config;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How messages are sent.
 *
 * @param content what each notification says
 * @param limit up to so many messages of one tick on one channel, each is notified
 * @param first of more than that, so many are notified one by one
 * @param publicBroadcast whether Supabase broadcasts them on public channels, which whoever has the API key may join;
 *     private ones ask the policies of {@code realtime.messages}
 */
public record NotificationConfig(NotificationContent content, int limit, int first, boolean publicBroadcast)
        implements Serializable {

    public NotificationConfig {
        if (first < 0 || first > limit) {
            throw new IllegalArgumentException(JobOptions.NOTIFY_FIRST.key() + " must lie between 0 and "
                    + JobOptions.NOTIFY_LIMIT.key() + ", which is " + limit + ", but is " + first);
        }
    }

    public static NotificationConfig from(ReadableConfig options) {
        return new NotificationConfig(
                options.get(JobOptions.NOTIFY),
                options.get(JobOptions.NOTIFY_LIMIT),
                options.get(JobOptions.NOTIFY_FIRST),
                options.get(JobOptions.PUBLIC_BROADCAST));
    }
}
