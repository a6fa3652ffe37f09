package dev.agentpulse.gateway.web;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.regex.Pattern;

/** The page's files and what it must know; every address that is no file is the page itself. */
final class PageRoute {

    private static final String NO_PAGE =
            "<!doctype html><title>AgentPulse</title><p>The gateway runs; there is no page here."
                    + " It serves /rest/v1, /realtime/v1, /api/events and /api/snapshot.</p>";
    // Vite puts a hash of the content into the names of these.
    private static final Pattern HASHED = Pattern.compile("/assets/.*-[A-Za-z0-9_-]{8,}\\.\\w+");
    private static final long YEAR_SECONDS = 31_536_000;

    private final PageSettings settings;
    private final String policy;

    PageRoute(PageSettings settings) {
        this.settings = settings;
        this.policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
                + " connect-src 'self' ws: wss:; object-src 'none'; base-uri 'self'; frame-ancestors 'self' "
                + String.join(" ", settings.frameAncestors());
    }

    void mount(Router router) {
        router.get("/config.json").handler(context -> {
            JsonObject config = new JsonObject().put("url", "").put("gateway", true);
            settings.config().forEach(config::put);
            var ignored = context.response()
                    .putHeader("Content-Type", "application/json; charset=utf-8")
                    .putHeader("Cache-Control", "no-store")
                    .end(config.encode());
        });
        String folder = settings.folder();
        if (folder == null) {
            router.get("/").handler(context -> html(context, NO_PAGE));
            return;
        }
        StaticHandler files = StaticHandler.create(FileSystemAccess.ROOT, folder)
                .setCachingEnabled(false)
                .setIncludeHidden(false);
        router.get().handler(context -> {
            HttpServerResponse response = context.response();
            response.putHeader("Content-Security-Policy", policy);
            boolean hashed = HASHED.matcher(context.normalizedPath()).matches();
            response.putHeader("Cache-Control", hashed ? "public, immutable, max-age=" + YEAR_SECONDS : "no-cache");
            files.handle(context);
        });
        router.get().handler(context -> {
            String path = context.normalizedPath();
            if (path.startsWith("/api/") || path.startsWith("/rest/") || path.contains(".")) {
                context.next();
                return;
            }
            var ignored = context.response()
                    .putHeader("Content-Security-Policy", policy)
                    .putHeader("Content-Type", "text/html; charset=utf-8")
                    .sendFile(folder + "/index.html");
        });
    }

    private void html(RoutingContext context, String text) {
        var ignored = context.response()
                .putHeader("Content-Security-Policy", policy)
                .putHeader("Content-Type", "text/html; charset=utf-8")
                .end(text);
    }
}
