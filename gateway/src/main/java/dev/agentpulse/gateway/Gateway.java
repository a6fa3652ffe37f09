package dev.agentpulse.gateway;

import dev.agentpulse.gateway.listen.NotificationListener;
import dev.agentpulse.gateway.listen.SourceStream;
import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.snapshot.AlertActions;
import dev.agentpulse.gateway.snapshot.Catalog;
import dev.agentpulse.gateway.snapshot.Database;
import dev.agentpulse.gateway.snapshot.PipelineWatch;
import dev.agentpulse.gateway.snapshot.RestReader;
import dev.agentpulse.gateway.snapshot.RoleRights;
import dev.agentpulse.gateway.snapshot.SignInEntries;
import dev.agentpulse.gateway.snapshot.SourceObstacles;
import dev.agentpulse.gateway.snapshot.SourceRowRights;
import dev.agentpulse.gateway.snapshot.TickFeed;
import dev.agentpulse.gateway.web.FanOut;
import dev.agentpulse.gateway.web.KeySet;
import dev.agentpulse.gateway.web.Metrics;
import dev.agentpulse.gateway.web.Origins;
import dev.agentpulse.gateway.web.Status;
import dev.agentpulse.gateway.web.TokenVerifier;
import dev.agentpulse.gateway.web.WebServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway. Everything that it remembers is used on one event loop: what watches, what they have seen, the rows
 * as of the last tick.
 */
public final class Gateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 10;
    private static final long STATEMENT_TIMEOUT_MILLIS = 10_000;
    /** And what is open is looked at once a second, so a right that was taken away ends within five. */
    private static final long RIGHTS_KEPT_MILLIS = 4_000;

    private static final long IDLE_POLL_MILLIS = 1_000;
    private static final long CATALOG_EVERY_MILLIS = 30_000;
    private static final int POOL_WAIT_QUEUE = 2_000;
    /** One is read after the other; while one hangs on a dead connection, or is only looked for, another takes the second. */
    private static final int TICK_CONNECTIONS = 2;

    private static final int CONNECT_TIMEOUT_SECONDS = 5;
    /** The pool lets go of what is not used, in order, before the network's limit does. */
    private static final int UNUSED_SECONDS = 10;
    /**
     * A connection that says nothing for so long is dead: statements end sooner. Without, it would be the system that finds
     * out, which takes a quarter of an hour.
     */
    private static final int SILENT_SECONDS = 15;

    private final Vertx vertx;
    private final int port;

    private Gateway(Vertx vertx, int port) {
        this.vertx = vertx;
        this.port = port;
    }

    /**
     * Starts a gateway in this process.
     *
     * @throws IllegalStateException if the database cannot be read, lacks the result tables, or the port is taken
     */
    public static Gateway start(GatewayConfig config) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
        Service service = new Service(config);
        try {
            vertx.deployVerticle(service)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
            Gateway gateway = new Gateway(vertx, service.port());
            LOG.info("The gateway listens on http://{}:{}", config.http().host(), gateway.port());
            return gateway;
        } catch (ExecutionException e) {
            stop(vertx);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException("The gateway did not start: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            stop(vertx);
            throw new IllegalStateException("The gateway did not start within " + START_SECONDS + " s.", e);
        } catch (InterruptedException e) {
            stop(vertx);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The start of the gateway was interrupted.", e);
        }
    }

    public int port() {
        return port;
    }

    /** Tells every client that it goes, and ends. */
    @Override
    public void close() {
        stop(vertx);
    }

    private static void stop(Vertx vertx) {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The gateway did not stop in order: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The parts and how they hang together. */
    private static final class Service extends VerticleBase {

        private final GatewayConfig config;
        private final Metrics metrics = new Metrics();
        private @Nullable WebServer server;
        private @Nullable NotificationListener listener;
        private @Nullable SourceStream sourceStream;
        private volatile int port;

        Service(GatewayConfig config) {
            this.config = config;
        }

        int port() {
            return port;
        }

        @Override
        public Future<?> start() {
            Database database = database("agentpulse-gateway", config.reading().connections(), Map.of());
            Database ticks = database("agentpulse-gateway-ticks", TICK_CONNECTIONS, TickFeed.SESSION);
            SourceConfig source = config.source();
            Catalog catalog = new Catalog(database, config.reading().openedTables());
            Catalog sources = new Catalog(database, source == null ? List.of() : source.tables());
            Future<Void> started = source == null ? Future.succeededFuture() : warnOfObstacles(database, source);
            return started.compose(told -> catalog.load())
                    .compose(loaded -> sources.load())
                    .compose(loaded -> {
                        TickFeed feed = new TickFeed(
                                ticks, database, catalog, config.reading().keptEvents());
                        return feed.read().compose(read -> serve(database, catalog, sources, feed));
                    });
        }

        private Database database(String applicationName, int connections, Map<String, String> session) {
            Pool pool = PgBuilder.pool()
                    .with(new PoolOptions()
                            .setMaxSize(connections)
                            .setMaxWaitQueueSize(POOL_WAIT_QUEUE)
                            .setIdleTimeout(UNUSED_SECONDS)
                            .setIdleTimeoutUnit(TimeUnit.SECONDS)
                            .setConnectionTimeout(CONNECT_TIMEOUT_SECONDS)
                            .setConnectionTimeoutUnit(TimeUnit.SECONDS))
                    .with(new NetClientOptions().setTcpKeepAlive(true).setReadIdleTimeout(SILENT_SECONDS))
                    .connectingTo(config.database().options(applicationName, session))
                    .using(vertx)
                    .build();
            return new Database(pool, connections, STATEMENT_TIMEOUT_MILLIS);
        }

        /** No reason not to start: all else is served without the source tables. */
        private static Future<Void> warnOfObstacles(Database database, SourceConfig source) {
            return new SourceObstacles(database)
                    .sentences(source.login().username(), source.publication())
                    .map(sentences -> {
                        sentences.forEach(LOG::warn);
                        return null;
                    });
        }

        private Future<Void> serve(Database database, Catalog catalog, Catalog sources, TickFeed feed) {
            Clock clock = Clock.systemUTC();
            RoleRights rights = new RoleRights(database, RIGHTS_KEPT_MILLIS);
            Status status = new Status(feed, clock);
            FanOut fanOut = new FanOut(vertx, feed, config.limits(), metrics);
            gauges(database, feed, status, fanOut);
            listen(feed);
            schedule(catalog, feed);
            PipelineWatch watch =
                    new PipelineWatch(database, feed, config.reading().staleAfter(), clock, fanOut::share);
            vertx.setPeriodic(IDLE_POLL_MILLIS, id -> watch.look());
            TokenVerifier verifier = new TokenVerifier(config.tokens(), new KeySet(vertx, config.tokens()), clock);
            return WebServer.start(
                            vertx,
                            new WebServer.Settings(
                                    config.http().host(),
                                    config.http().port(),
                                    new Origins(
                                            config.http().origins(),
                                            config.http().names()),
                                    config.http().page(),
                                    config.limits(),
                                    config.summary()),
                            verifier,
                            new WebServer.Backend(
                                    feed,
                                    new RestReader(
                                            database, catalog, config.limits().answerRows()),
                                    rights,
                                    new AlertActions(database),
                                    new SignInEntries(database),
                                    sourceStream(sources),
                                    new SourceRowRights(database, RIGHTS_KEPT_MILLIS)),
                            status,
                            fanOut,
                            metrics,
                            clock)
                    .map(started -> {
                        server = started;
                        port = started.port();
                        return null;
                    });
        }

        private @Nullable SourceStream sourceStream(Catalog sources) {
            SourceConfig source = config.source();
            if (source == null) {
                return null;
            }
            Map<String, Relation> relations = new HashMap<>();
            for (String table : source.tables()) {
                int point = table.indexOf('.');
                sources.find(table.substring(0, point), table.substring(point + 1))
                        .ifPresentOrElse(
                                relation -> relations.put(table, relation),
                                () -> LOG.warn("There is no source table {}", table));
            }
            SourceStream stream = new SourceStream(
                    vertx.getOrCreateContext(),
                    source.jdbcUrl(),
                    source.properties(),
                    source.publication(),
                    source.keepBytes(),
                    relations);
            sourceStream = stream;
            return stream;
        }

        private void listen(TickFeed feed) {
            NotificationListener notifications =
                    new NotificationListener(vertx, config.database().options("agentpulse-gateway-listen"), feed::hint);
            listener = notifications;
            notifications.start();
        }

        private void schedule(Catalog catalog, TickFeed feed) {
            poll(feed, false);
            vertx.setPeriodic(CATALOG_EVERY_MILLIS, id -> catalog.load()
                    .onFailure(failure -> LOG.warn("The catalog cannot be read: {}", failure.toString())));
        }

        /** The next look begins when the one before has ended, however long that took. */
        private void poll(TickFeed feed, boolean failedBefore) {
            feed.poll().onComplete(done -> {
                if (done.failed() && !failedBefore) {
                    LOG.warn("The database cannot be read: {}", done.cause().toString());
                } else if (done.succeeded() && failedBefore) {
                    LOG.info("The database can be read again");
                }
                long wait = feed.isWatched() ? config.reading().pollInterval().toMillis() : IDLE_POLL_MILLIS;
                vertx.setTimer(wait, id -> poll(feed, done.failed()));
            });
        }

        private void gauges(Database database, TickFeed feed, Status status, FanOut fanOut) {
            metrics.gauge("viewers_share", "Viewers of those that may connect, 0 to 1", fanOut::share);
            metrics.gauge("pool_connections", "Connections that the pool may have", database::poolSize);
            metrics.gauge("pool_in_use", "Connections in use or waited for", database::inUse);
            metrics.gauge("tick_reads", "Reads of ticks since the start", feed::reads);
            metrics.gauge(
                    "tick", "The last tick that was read", () -> feed.tick().number());
            metrics.gauge(
                    "freshness_seconds",
                    "Age of the results at this edge; -1 before the first tick",
                    status::freshnessSeconds);
            metrics.gauge(
                    "database_up",
                    "1 if the database answered in the last seconds",
                    () -> status.databaseAnswers() ? 1 : 0);
        }

        @Override
        public Future<?> stop() {
            Promise<Void> done = Promise.promise();
            SourceStream stream = sourceStream;
            if (stream != null) {
                stream.close();
            }
            WebServer running = server;
            Future<Void> closed = running == null ? Future.succeededFuture() : running.close();
            closed.onComplete(ended -> {
                NotificationListener listening = listener;
                Future<Void> silent = listening == null ? Future.succeededFuture() : listening.close();
                silent.onComplete(end -> done.complete());
            });
            return done.future();
        }
    }
}
