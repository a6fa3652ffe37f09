package dev.agentpulse.gateway.web;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of who signs tokens. A key that is not known makes the set be fetched again, at most twice a minute, so
 * that keys can be replaced while the gateway runs; while it cannot be fetched, the keys from before hold.
 */
public final class KeySet {

    private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);
    private static final int TIMEOUT_MILLIS = 3_000;
    private static final int MOST_BYTES = 100_000;
    private static final long FETCH_EVERY_NANOS = 30_000_000_000L;

    private final Vertx vertx;
    private final @Nullable String url;
    private JWKSet keys;
    private long fetchedNanos = System.nanoTime() - FETCH_EVERY_NANOS;
    private @Nullable Future<Void> fetching;

    /** @throws IllegalArgumentException if the set that is given is not readable */
    public KeySet(Vertx vertx, TokenSettings settings) {
        this.vertx = vertx;
        this.url = settings.jwksUrl();
        try {
            String given = settings.jwks();
            keys = given == null ? new JWKSet() : JWKSet.parse(given);
        } catch (ParseException e) {
            throw new IllegalArgumentException("The JWK set is not readable: " + e.getMessage(), e);
        }
    }

    /** Null if there is no such key. A token without a key id may be of the only key. */
    Future<@Nullable JWK> find(@Nullable String keyId) {
        JWK known = known(keyId);
        boolean fetchedLately = System.nanoTime() - fetchedNanos < FETCH_EVERY_NANOS;
        if (known != null || url == null || (fetchedLately && fetching == null)) {
            return Future.succeededFuture(known);
        }
        return fetch(url).map(fetched -> known(keyId));
    }

    private @Nullable JWK known(@Nullable String keyId) {
        if (keyId == null) {
            return keys.size() == 1 ? keys.getKeys().get(0) : null;
        }
        return keys.getKeyByKeyId(keyId);
    }

    private Future<Void> fetch(String from) {
        Future<Void> current = fetching;
        if (current != null) {
            return current;
        }
        fetchedNanos = System.nanoTime();
        Future<Void> started = vertx.executeBlocking(() -> load(from)).transform(done -> {
            fetching = null;
            if (done.succeeded()) {
                keys = done.result();
            } else {
                LOG.warn(
                        "The keys of tokens cannot be fetched from {}: {}",
                        from,
                        done.cause().toString());
            }
            return Future.succeededFuture();
        });
        fetching = started;
        return started;
    }

    private static JWKSet load(String from) throws IOException, ParseException {
        return JWKSet.parse(new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MOST_BYTES)
                .retrieveResource(URI.create(from).toURL())
                .getContent());
    }
}
