package dev.agentpulse.gateway.listen;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's one connection that LISTENs. A notification is a hint that there is something to read and nothing more:
 * anybody may send one by any name, so its text is not even looked at. After each subscription, the first and those after
 * a lost connection, the hint is given too, for what was notified meanwhile is lost.
 */
public final class NotificationListener {

    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);
    private static final List<String> CHANNELS = List.of(
            "agent_queries_stream",
            "approval_queue_stream",
            "performance_alert_stream",
            "sla_breach_stream",
            "training_feedback_stream");
    private static final int FIRST_WAIT_MILLIS = 100;
    /** One connection that asks each second costs nobody anything, and notices the return within that second. */
    private static final int LONGEST_WAIT_MILLIS = 1_000;

    private static final int MOST_DOUBLINGS = 4;

    private final Vertx vertx;
    private final PgSubscriber subscriber;
    private boolean closed;

    /** @param hint called on the context that creates the listener */
    public NotificationListener(Vertx vertx, PgConnectOptions options, Runnable hint) {
        this.vertx = vertx;
        subscriber = PgSubscriber.subscriber(vertx, options);
        subscriber.reconnectPolicy(NotificationListener::waitMillis);
        for (String channel : CHANNELS) {
            subscriber
                    .channel(channel)
                    .subscribeHandler(subscribed -> hint.run())
                    .handler(notification -> hint.run());
        }
        subscriber.closeHandler(closed -> LOG.info("The connection that listens was closed"));
    }

    /** Connects, however often it takes: the subscriber itself only connects again what was connected before. */
    public void start() {
        connect(0);
    }

    private void connect(int attempt) {
        subscriber.connect().onFailure(failure -> {
            if (closed) {
                return;
            }
            if (attempt == 0) {
                LOG.warn("Nothing is heard of notifications yet: {}", failure.toString());
            }
            vertx.setTimer(waitMillis(attempt), id -> {
                if (!closed) {
                    connect(attempt + 1);
                }
            });
        });
    }

    public Future<Void> close() {
        closed = true;
        return subscriber.close();
    }

    /** Doubles up to a limit; a part of it is chance, so that several gateways do not come at once. */
    static long waitMillis(int attempt) {
        int longest = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(attempt, MOST_DOUBLINGS));
        return longest / 2L + ThreadLocalRandom.current().nextInt(longest / 2 + 1);
    }
}
