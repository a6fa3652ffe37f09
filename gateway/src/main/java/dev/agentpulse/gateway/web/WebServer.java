package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Acknowledgements;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.RestTables;
import dev.agentpulse.gateway.protocol.Rights;
import dev.agentpulse.gateway.protocol.SignInLog;
import dev.agentpulse.gateway.protocol.SourceFeed;
import dev.agentpulse.gateway.protocol.SourceRights;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Everything that is asked by HTTP: the map of addresses. */
public final class WebServer {

    private static final int CACHE_BYTES = 64 * 1024 * 1024;
    private static final int LONGEST_LINE_BYTES = 16_384;
    private static final int MOST_HEADER_BYTES = 32_768;
    private static final int MOST_BODY_BYTES = 262_144;
    private static final int IDLE_SECONDS = 90;
    private static final int WRITE_QUEUE_BYTES = 262_144;

    private final HttpServer server;
    private final FanOut fanOut;

    private WebServer(HttpServer server, FanOut fanOut) {
        this.server = server;
        this.fanOut = fanOut;
    }

    /** What the addresses lead to; without sources, source tables are not followed. */
    public record Backend(
            LiveFeed feed,
            RestTables tables,
            Rights rights,
            Acknowledgements acknowledgements,
            SignInLog signIns,
            @Nullable SourceFeed sources,
            SourceRights sourceRights) {}

    /**
     * What is set.
     *
     * @param port 0 for one that is free
     * @param summary null if nobody may read without a key
     */
    public record Settings(
            String host,
            int port,
            Origins origins,
            PageSettings page,
            Limits limits,
            @Nullable SummarySettings summary) {}

    /** Starts to listen. */
    public static Future<WebServer> start(
            Vertx vertx,
            Settings settings,
            TokenVerifier verifier,
            Backend backend,
            Status status,
            FanOut fanOut,
            Metrics metrics,
            Clock clock) {
        Authenticator authenticator = new Authenticator(verifier, new SignIns(backend.signIns(), clock));
        Router router = Router.router(vertx);
        LiveFeed feed = backend.feed();

        router.route().handler(context -> common(context, clock));
        router.route().handler(new Cors(settings.origins()));
        HealthRoute health = new HealthRoute(status, metrics);
        router.get("/healthz").handler(health::healthy);
        router.get("/readyz").handler(health::ready);
        router.get("/metrics").handler(health::metrics);
        router.get("/api/status").handler(health::status);

        Limits limits = settings.limits();
        RateLimiter rate = new RateLimiter(limits.requestsPerSecond());
        router.route("/rest/*").handler(context -> limited(context, rate));
        router.route("/api/*").handler(context -> limited(context, rate));
        router.route("/realtime/*").handler(context -> limited(context, rate));

        SourceFeed sourceFeed = backend.sources();
        SourceChanges sources =
                sourceFeed == null ? SourceChanges.NONE : new SourceHub(vertx, sourceFeed, backend.sourceRights());
        RealtimeServices services = new RealtimeServices(
                feed, backend.rights(), authenticator, new Topics(), sources, status, limits, clock);
        RealtimeRoute realtime = new RealtimeRoute(services, fanOut, settings.origins());
        router.get("/realtime/v1/websocket").handler(realtime::upgrade);

        BodyHandler body = BodyHandler.create(false).setBodyLimit(MOST_BODY_BYTES);
        router.post("/realtime/v1/api/broadcast").handler(body).handler(realtime::broadcast);
        router.post("/realtime/v1/api/broadcast/:topic/events/:event")
                .handler(body)
                .handler(realtime::broadcast);

        AlertRoute alerts = new AlertRoute(authenticator, backend.acknowledgements(), feed);
        router.post("/rest/v1/rpc/:function").handler(body).handler(alerts::call);
        router.post("/api/alerts/:id/acknowledge").handler(alerts::acknowledge);
        router.delete("/api/alerts/:id/acknowledge").handler(alerts::undo);
        RestRoute rest = new RestRoute(
                authenticator,
                backend.tables(),
                backend.rights(),
                feed,
                new AnswerCache(feed, clock, CACHE_BYTES, metrics));
        router.route("/rest/v1/:relation").handler(rest::handle);

        LiveRoute live = new LiveRoute(authenticator, backend.rights(), feed, fanOut, status, clock);
        router.get("/api/events").handler(live::events);
        router.get("/api/snapshot").handler(live::snapshot);
        SummarySettings summary = settings.summary();
        if (summary != null) {
            PublicSummary shown = new PublicSummary(vertx, feed, clock, summary, metrics);
            router.get(PublicSummary.PATH).handler(shown::answer);
            router.head(PublicSummary.PATH).handler(shown::answer);
        }
        new PageRoute(settings.page()).mount(router);
        router.route().last().handler(WebServer::unknown);
        router.route()
                .failureHandler(context -> Failures.answer(
                        context,
                        context.failure() == null
                                ? new RestFailure(context.statusCode(), "PGRST000", "The request failed", null, null)
                                : context.failure()));

        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setCompressionSupported(true)
                .setMaxInitialLineLength(LONGEST_LINE_BYTES)
                .setMaxHeaderSize(MOST_HEADER_BYTES)
                .setMaxWebSocketFrameSize(limits.frameBytes())
                .setMaxWebSocketMessageSize(limits.frameBytes())
                .setPerMessageWebSocketCompressionSupported(false)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setTcpNoDelay(true)
                .setSendBufferSize(WRITE_QUEUE_BYTES);
        return vertx.createHttpServer(options)
                .requestHandler(router)
                .listen()
                .map(server -> new WebServer(server, fanOut));
    }

    public int port() {
        return server.actualPort();
    }

    public Future<Void> close() {
        fanOut.closeAll("the gateway stops");
        return server.close();
    }

    /** What every answer carries. The date also sets a page's clock. */
    private static void common(RoutingContext context, Clock clock) {
        context.response()
                .putHeader(
                        "Date",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)))
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
        context.next();
    }

    private static void limited(RoutingContext context, RateLimiter rate) {
        if (rate.take(context.request().remoteAddress().hostAddress(), System.nanoTime())) {
            context.next();
            return;
        }
        context.response().putHeader("Retry-After", "1");
        Failures.answer(context, new RestFailure(429, "PGRST000", "Too many requests", null, "Wait a second."));
    }

    private static void unknown(RoutingContext context) {
        boolean known = context.request().method().equals(HttpMethod.GET);
        Failures.answer(
                context,
                new RestFailure(
                        known ? 404 : 405,
                        known ? "PGRST125" : "PGRST117",
                        "There is nothing at this address",
                        null,
                        null));
    }
}
