package dev.agentpulse.gateway;

import dev.agentpulse.gateway.web.PageSettings;
import java.util.List;

/**
 * Where the gateway listens, and for whose pages.
 *
 * @param host address to listen on
 * @param port 0 for one that is free
 * @param origins other origins whose pages may ask; a star for all
 * @param names by which names the gateway may be asked; none for any. A name server can point any name at any address, so
 *     a page of its own name could ask a gateway on this machine otherwise
 */
public record HttpSettings(String host, int port, List<String> origins, List<String> names, PageSettings page) {

    /** Of a gateway that only this machine is meant to reach. */
    public static final List<String> LOOPBACK_NAMES = List.of("localhost", "127.0.0.1", "[::1]");

    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 8090;
    public static final HttpSettings DEFAULT =
            new HttpSettings(DEFAULT_HOST, DEFAULT_PORT, List.of(), List.of(), PageSettings.NONE);

    public HttpSettings {
        origins = List.copyOf(origins);
        names = List.copyOf(names);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("The port is " + port + ": it must be from 0 to 65535.");
        }
        for (String origin : origins) {
            if (!origin.equals("*") && !origin.matches("https?://[^/]+")) {
                throw new IllegalArgumentException(
                        "The origin " + origin + " is not readable: give it as https://host:port, without a path.");
            }
        }
    }
}
