package dev.agentpulse.guard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaders;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are refused. What a browser sends for a foreign page it marks: with the page's {@code Origin}, with
 * {@code Sec-Fetch-Site}, with a {@code Referer}, and with the name in {@code Host} by which the page found us (which a
 * page's own name server may point here). Programs send none of these but {@code Host}, and the web UI's own are of the
 * same origin.
 */
final class RequestRules {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Set<String> OWN = Set.of("same-origin", "none");
    private static final Pattern ENDS_A_JOB = Pattern.compile("/yarn-(cancel|stop)(/|$)");
    private static final Pattern PORT = Pattern.compile(":\\d+$");
    private static final Set<String> FIRST_PAGE = Set.of("/", "/index.html");

    /** Read by Flink as JSON all the same, and what pages may send to anybody without asking first. */
    private static final String PLAIN_TEXT = "text/plain";

    private final Set<String> names = new HashSet<>(LOOPBACK);

    /** @param names of the REST port's hosts, besides those of the loopback interface */
    RequestRules(Set<String> names) {
        names.forEach(name -> this.names.add(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Why a request is refused, in a sentence; nothing if it is not.
     *
     * @param localAddress the address at which the connection arrived, as text: to ask by it is to name no name
     */
    Optional<String> refusal(HttpRequest request, String localAddress) {
        HttpHeaders headers = request.headers();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || !isOurs(hosts.get(0), localAddress)) {
            return Optional.of("This server is not known as " + String.join(", ", hosts)
                    + ": ask it by the name in rest.address, or add a name to agentpulse.rest.allowed-hosts.");
        }
        String host = hosts.get(0);
        for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
            if (!isOrigin(origin, host)) {
                return Optional.of("Web pages of other origins may not ask this server.");
            }
        }
        List<String> paths;
        try {
            paths = readings(request.uri());
        } catch (IllegalArgumentException e) {
            return Optional.of("This is no address: " + e.getMessage());
        }
        if (isFromElsewhere(headers, host) && !opensFirstPage(request, paths.get(0))) {
            return Optional.of("Other web pages may link to the first page of this server, and to nothing else.");
        }
        if (paths.stream().anyMatch(RequestRules::endsJobByReading) && !isOwnPage(headers, host)) {
            return Optional.of("A GET does not end a job, unless the web UI sends it: PATCH /jobs/<id> does.");
        }
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        if (type.startsWith(PLAIN_TEXT)) {
            return Optional.of("A body must be application/json.");
        }
        return Optional.empty();
    }

    private boolean isOurs(String host, String localAddress) {
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return names.contains(name) || name.equals(localAddress.toLowerCase(Locale.ROOT));
    }

    private static String withoutPort(String host) {
        return PORT.matcher(host).replaceFirst("");
    }

    private static boolean isOrigin(String origin, String host) {
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }

    /** Older browsers, and any browser that reached us by plain HTTP at another machine, send a Referer only. */
    private static boolean isFromElsewhere(HttpHeaders headers, String host) {
        return headers.getAll("Sec-Fetch-Site").stream().anyMatch(site -> !OWN.contains(site.toLowerCase(Locale.ROOT)))
                || headers.getAll(HttpHeaderNames.REFERER).stream().anyMatch(referer -> !isReferer(referer, host));
    }

    private static boolean isReferer(String referer, String host) {
        String lower = referer.toLowerCase(Locale.ROOT);
        String ours = host.toLowerCase(Locale.ROOT);
        for (String scheme : List.of("http://", "https://")) {
            if (lower.equals(scheme + ours) || lower.startsWith(scheme + ours + "/")) {
                return true;
            }
        }
        return false;
    }

    /** A link, and no image, frame or script. */
    private static boolean opensFirstPage(HttpRequest request, String path) {
        @Nullable String destination = request.headers().get("Sec-Fetch-Dest");
        return request.method().equals(HttpMethod.GET)
                && FIRST_PAGE.contains(path)
                && (destination == null || destination.equalsIgnoreCase("document"));
    }

    /** The path, decoded once, twice and so on: Flink decodes it again after it has looked for the query. */
    private static List<String> readings(String uri) {
        List<String> paths = new ArrayList<>();
        String before;
        String path = new QueryStringDecoder(uri).path();
        // Each time it gets shorter.
        do {
            paths.add(path);
            before = path;
            path = new QueryStringDecoder(before).path();
        } while (!path.equals(before));
        return paths;
    }

    /** Meant for the proxy of a cluster manager that cannot send anything else; the web UI uses it too. */
    private static boolean endsJobByReading(String path) {
        return ENDS_A_JOB.matcher(path).find();
    }

    private static boolean isOwnPage(HttpHeaders headers, String host) {
        String referer = headers.get(HttpHeaderNames.REFERER);
        return "same-origin".equalsIgnoreCase(headers.get("Sec-Fetch-Site"))
                || (referer != null && isReferer(referer, host));
    }
}
