package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who asks. As at Supabase, a request needs an API key; a bearer token besides says who the person is, and where it is
 * missing or the key itself, the key's role counts.
 */
final class Authenticator {

    private static final String BEARER = "bearer ";

    private final TokenVerifier verifier;
    private final SignIns signIns;

    Authenticator(TokenVerifier verifier, SignIns signIns) {
        this.verifier = verifier;
        this.signIns = signIns;
    }

    /** Looks into the headers, then into the parameters, for browsers' sockets and event streams send no headers. */
    Future<Identity> identify(HttpServerRequest request) {
        String header = request.getHeader("Authorization");
        boolean bearer = header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER);
        String token =
                header != null && bearer ? header.substring(BEARER.length()).strip() : request.getParam("access_token");
        String headerKey = request.getHeader("apikey");
        return identify(headerKey == null ? request.getParam("apikey") : headerKey, token);
    }

    private Future<Identity> identify(@Nullable String key, @Nullable String token) {
        if (key == null || key.isEmpty()) {
            return Future.failedFuture(new RestFailure(
                    401,
                    "PGRST301",
                    "No API key found in request",
                    null,
                    "No `apikey` request header or url param was found."));
        }
        return verifier.verify(key)
                .recover(failure -> Future.failedFuture(new RestFailure(
                        401, "PGRST301", "Invalid API key", failure.getMessage(), "Double check your API key.")))
                .compose(identity -> token == null || token.isEmpty() || token.equals(key)
                        ? Future.succeededFuture(identity)
                        : verifier.verify(token))
                .onSuccess(signIns::seen);
    }

    /** A token that comes by a socket that is open already. */
    Future<Identity> verify(String token) {
        return verifier.verify(token).onSuccess(signIns::seen);
    }
}
