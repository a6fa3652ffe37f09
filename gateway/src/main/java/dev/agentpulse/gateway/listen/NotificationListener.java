package dev.agentpulse.gateway.listen;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's one connection that LISTENs. A notification is a hint that there is something to read and nothing more:
 * anybody may send one by any name, so its text is not even looked at. After each subscription, the first and those after
 * a lost connection, the hint is given too, for what was notified meanwhile is lost.
 *
 * <p>The connection is asked something now and then: nothing else is sent on it, so a network that swallows everything would
 * never be noticed, and what is new would be found by looking only, for as long as the gateway runs.
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
    private static final int ASK_EVERY_MILLIS = 10_000;
    private static final int ANSWER_SECONDS = 5;

    private final Vertx vertx;
    private final PgConnectOptions options;
    private final Runnable hint;
    private PgSubscriber subscriber;
    private long asking;
    private boolean closed;

    /** @param hint called on the context that creates the listener */
    public NotificationListener(Vertx vertx, PgConnectOptions options, Runnable hint) {
        this.vertx = vertx;
        this.options = options;
        this.hint = hint;
        subscriber = subscriber();
    }

    private PgSubscriber subscriber() {
        PgSubscriber made = PgSubscriber.subscriber(vertx, options);
        made.reconnectPolicy(NotificationListener::waitMillis);
        for (String channel : CHANNELS) {
            made.channel(channel).subscribeHandler(subscribed -> hint.run()).handler(notification -> hint.run());
        }
        made.closeHandler(closed -> LOG.info("The connection that listens was closed"));
        return made;
    }

    /** Connects, however often it takes: the subscriber itself only connects again what was connected before. */
    public void start() {
        connect(subscriber, 0);
        asking = vertx.setPeriodic(ASK_EVERY_MILLIS, id -> ask());
    }

    private void ask() {
        PgSubscriber asked = subscriber;
        PgConnection connection = asked.actualConnection();
        if (connection != null) {
            connection
                    .query("SELECT 1")
                    .execute()
                    .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .onFailure(failure -> replace(asked, failure));
        }
    }

    /** The dead one closes in order only when the other end answers, so nobody waits for that. */
    private void replace(PgSubscriber dead, Throwable failure) {
        if (!closed && subscriber == dead) {
            LOG.warn("The connection that listens does not answer: {}", failure.toString());
            subscriber = subscriber();
            connect(subscriber, 0);
            var ignored = dead.close();
        }
    }

    private void connect(PgSubscriber connecting, int attempt) {
        connecting.connect().onFailure(failure -> {
            if (closed || subscriber != connecting) {
                return;
            }
            if (attempt == 0) {
                LOG.warn("Nothing is heard of notifications yet: {}", failure.toString());
            }
            vertx.setTimer(waitMillis(attempt), id -> {
                if (!closed) {
                    connect(connecting, attempt + 1);
                }
            });
        });
    }

    public Future<Void> close() {
        closed = true;
        vertx.cancelTimer(asking);
        return subscriber.close();
    }

    /** Doubles up to a limit; a part of it is chance, so that several gateways do not come at once. */
    static long waitMillis(int attempt) {
        int longest = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(attempt, MOST_DOUBLINGS));
        return longest / 2L + ThreadLocalRandom.current().nextInt(longest / 2 + 1);
    }
}
