package dev.agentpulse.gateway.web;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a CDN to forget its copy of the public summary. A request that fails is counted and not repeated: the copy ends by
 * itself soon.
 */
final class PurgeHook {

    private static final Logger LOG = LoggerFactory.getLogger(PurgeHook.class);
    private static final int TIMEOUT_MILLIS = 5_000;

    private final HttpClient client;
    private final SummarySettings.Purge purge;
    private final LongAdder sent;
    private final LongAdder failed;

    PurgeHook(Vertx vertx, SummarySettings.Purge purge, Metrics metrics) {
        this.client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(TIMEOUT_MILLIS));
        this.purge = purge;
        this.sent = metrics.counter("purges_total", "Requests to the CDN to forget the public summary");
        this.failed = metrics.counter("purges_failed_total", "Those that the CDN did not answer with success");
    }

    void send() {
        sent.increment();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(purge.method()))
                .setAbsoluteURI(purge.url())
                .setTimeout(TIMEOUT_MILLIS);
        SummarySettings.Purge.Header header = purge.header();
        if (header != null) {
            options.putHeader(header.name(), header.value());
        }
        client.request(options)
                .compose(HttpClientRequest::send)
                .map(HttpClientResponse::statusCode)
                .onComplete(answered -> {
                    if (answered.failed() || answered.result() >= 300) {
                        failed.increment();
                        LOG.warn(
                                "The CDN did not forget the public summary ({}): {}",
                                purge,
                                answered.failed() ? answered.cause().toString() : "it answered " + answered.result());
                    }
                });
    }
}
