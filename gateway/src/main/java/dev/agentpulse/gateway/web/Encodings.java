package dev.agentpulse.gateway.web;

import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a client takes an answer, by its {@code Accept-Encoding}. */
final class Encodings {

    /** Named, and not only to be refused. */
    private static final Pattern GZIP = Pattern.compile("(?i)(x-)?gzip\\s*(;\\s*q=(?!0(\\.0*)?$).*)?");

    private Encodings() {}

    static boolean takesGzip(HttpServerRequest request) {
        return takesGzip(request.getHeader("Accept-Encoding"));
    }

    static boolean takesGzip(@Nullable String accepted) {
        return accepted != null
                && Arrays.stream(accepted.split(","))
                        .anyMatch(one -> GZIP.matcher(one.strip()).matches());
    }
}
