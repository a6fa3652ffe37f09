package dev.agentpulse.gateway.web;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may ask: those that the gateway serves itself, those of the list, and what is no page at all (it sends no
 * Origin). In the list a star stands for every origin, and one as port ({@code http://localhost:*}) for every port.
 */
public final class Origins {

    private static final String ANY_PORT = ":*";

    private final List<String> allowed;
    private final List<String> names;

    /** @param names by which the gateway may be asked; none for any */
    public Origins(List<String> allowed, List<String> names) {
        this.allowed =
                allowed.stream().map(origin -> origin.toLowerCase(Locale.ROOT)).toList();
        this.names = names.stream().map(Origins::withoutBrackets).toList();
    }

    /** Whether a request came by one of the gateway's names. */
    boolean knowsName(HttpServerRequest request) {
        if (names.isEmpty()) {
            return true;
        }
        // Of HTTP/2 it is not the header that counts.
        HostAndPort asked = request.authority();
        return asked != null
                && request.headers().getAll("Host").size() <= 1
                && names.contains(withoutBrackets(asked.host()));
    }

    private static String withoutBrackets(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("[") && lower.endsWith("]") ? lower.substring(1, lower.length() - 1) : lower;
    }

    boolean allows(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        return origin == null || isOwn(origin, request) || isListed(origin.toLowerCase(Locale.ROOT));
    }

    private static boolean isOwn(String origin, HttpServerRequest request) {
        @Nullable String host = request.getHeader("Host");
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean isListed(String origin) {
        for (String each : allowed) {
            if (each.equals("*") || each.equals(origin)) {
                return true;
            }
            String start = each.endsWith(ANY_PORT) ? each.substring(0, each.length() - 1) : null;
            if (start != null && origin.startsWith(start) && isNumber(origin.substring(start.length()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
