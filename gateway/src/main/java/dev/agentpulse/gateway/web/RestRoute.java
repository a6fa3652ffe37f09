package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.ReadRights;
import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.RestQuery;
import dev.agentpulse.gateway.protocol.RestQueryParser;
import dev.agentpulse.gateway.protocol.RestRequest;
import dev.agentpulse.gateway.protocol.RestTables;
import dev.agentpulse.gateway.protocol.Rights;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /rest/v1/<table>}: PostgREST's reads. */
final class RestRoute {

    private static final Set<String> PROFILES = Set.of("public", "agentpulse");
    /**
     * What only ticks write besides what the feed follows, and views of that, by their full names: anybody may have a view
     * whose name is like ours. All else changes without a new version of the feed, so it is read each time.
     */
    private static final Set<String> OF_TICKS = Set.of(
            "agentpulse.agent_performance_history",
            "agentpulse.all_agents_history",
            "agentpulse.approval_history",
            "agentpulse.training_history",
            "agentpulse.agent_trend",
            "agentpulse.agent_quality",
            "agentpulse.agent_forecast",
            "agentpulse.all_agents_forecast",
            "agentpulse.approval_forecast",
            "public.mv_realtime_agent_performance",
            "public.mv_approval_queue_summary",
            "public.mv_training_quality_snapshot",
            "public.v_agent_performance_snapshot");

    private final Authenticator authenticator;
    private final RestTables tables;
    private final Rights rights;
    private final LiveFeed feed;
    private final AnswerCache cache;

    RestRoute(Authenticator authenticator, RestTables tables, Rights rights, LiveFeed feed, AnswerCache cache) {
        this.authenticator = authenticator;
        this.tables = tables;
        this.rights = rights;
        this.feed = feed;
        this.cache = cache;
    }

    void handle(RoutingContext context) {
        feed.touch();
        authenticator
                .identify(context.request())
                .compose(identity -> answer(context, identity))
                .onFailure(failure -> Failures.answer(context, failure));
    }

    private Future<Void> answer(RoutingContext context, Identity identity) {
        HttpServerRequest request = context.request();
        HttpMethod method = request.method();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            throw new RestFailure(405, "PGRST117", "Unsupported HTTP method: " + method, "This gateway reads.", null);
        }
        String schema = profile(request);
        RestFormat format = RestFormat.of(request.getHeader("Accept"));
        RestQuery query = RestRange.apply(RestQueryParser.parse(parameters(context)), request.getHeader("Range"));
        boolean count = wantsCount(request);
        RestRequest read = new RestRequest(
                identity, schema, context.pathParam("relation"), query, count, format == RestFormat.CSV);
        return rendered(read, format).compose(rendered -> send(context, rendered, schema, count));
    }

    private Future<RenderedAnswer> rendered(RestRequest read, RestFormat format) {
        return Future.fromCompletionStage(rights.of(read.identity())).compose(granted -> {
            if (!isOfTicks(read)) {
                return render(read, format);
            }
            // Who may read every row reads the same as everybody else who may. Of anything else the claims may decide.
            String reader = read.identity().role()
                    + (readsAllRows(read, granted) ? "" : " " + read.identity().claims());
            String key = reader + "\n" + format + "\n" + read.schema() + "\n" + read.relation() + "\n" + read.query()
                    + "\n" + read.countExactly();
            return cache.get(key, () -> render(read, format));
        });
    }

    private Future<RenderedAnswer> render(RestRequest read, RestFormat format) {
        return Future.fromCompletionStage(tables.read(read))
                .map(answer -> RenderedAnswer.of(answer, format, read.query().offset()));
    }

    private boolean isOfTicks(RestRequest read) {
        boolean followed = read.schema().equals("agentpulse") && feed.tables().contains(read.relation());
        return followed || OF_TICKS.contains(read.schema() + "." + read.relation());
    }

    private static boolean readsAllRows(RestRequest read, ReadRights granted) {
        return read.schema().equals("agentpulse") && granted.tables().contains(read.relation());
    }

    private static Future<Void> send(RoutingContext context, RenderedAnswer answer, String schema, boolean count) {
        HttpServerResponse response = context.response();
        TickHeaders.put(response, answer.tick());
        response.putHeader("Content-Type", answer.contentType())
                .putHeader("Content-Profile", schema)
                .putHeader("Content-Range", answer.contentRange())
                .putHeader("ETag", answer.etag())
                // Never an age: a page that polls each second would show rows that are several seconds old.
                .putHeader("Cache-Control", "private, no-cache")
                .putHeader(
                        "Vary",
                        "Origin, Accept, Accept-Encoding, Accept-Profile, Authorization, apikey, Prefer, Range");
        if (count) {
            response.putHeader("Preference-Applied", "count=exact");
        }
        if (answer.etag().equals(context.request().getHeader("If-None-Match"))) {
            return response.setStatusCode(304).end();
        }
        response.setStatusCode(answer.status());
        var zipped = answer.zipped();
        boolean zip = zipped != null && Encodings.takesGzip(context.request());
        var body = zip && zipped != null ? zipped : answer.body();
        response.putHeader("Content-Encoding", zip ? "gzip" : "identity");
        if (context.request().method().equals(HttpMethod.HEAD)) {
            return response.end();
        }
        return response.end(body);
    }

    private static String profile(HttpServerRequest request) {
        String profile = request.getHeader("Accept-Profile");
        if (profile == null) {
            return "public";
        }
        if (!PROFILES.contains(profile)) {
            throw new RestFailure(
                    406,
                    "PGRST106",
                    "Invalid schema: " + profile,
                    null,
                    "Only the following schemas are exposed: public, agentpulse");
        }
        return profile;
    }

    private static List<Map.Entry<String, String>> parameters(RoutingContext context) {
        List<Map.Entry<String, String>> parameters = new ArrayList<>();
        context.queryParams().forEach((name, value) -> parameters.add(Map.entry(name, value)));
        parameters.removeIf(parameter -> parameter.getKey().equals("access_token"));
        return parameters;
    }

    /** Planned and estimated counts are estimates: an exact one is as good, and these tables are small. */
    private static boolean wantsCount(HttpServerRequest request) {
        String prefer = request.getHeader("Prefer");
        return prefer != null && prefer.contains("count=");
    }
}
