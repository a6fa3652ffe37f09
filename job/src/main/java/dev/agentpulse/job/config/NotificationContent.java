package dev.agentpulse.job.config;

/** What a NOTIFY says. Postgres has no rights on channels: whoever may connect to the database may listen. */
public enum NotificationContent {
    /** The whole message, as it is in {@code channel_event}. */
    PAYLOAD,
    /** The message's event and {@code seq}, by which who may read {@code channel_event} finds it. */
    HINT
}
