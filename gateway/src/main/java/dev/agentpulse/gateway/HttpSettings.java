package dev.agentpulse.gateway;

import dev.agentpulse.gateway.web.PageSettings;
import java.util.List;

/**
 * Where the gateway listens, and for whose pages.
 *
 * @param host address to listen on
 * @param port 0 for one that is free
 * @param origins other origins whose pages may ask; a star for all
 */
public record HttpSettings(String host, int port, List<String> origins, PageSettings page) {

    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 8090;
    public static final HttpSettings DEFAULT =
            new HttpSettings(DEFAULT_HOST, DEFAULT_PORT, List.of(), PageSettings.NONE);

    public HttpSettings {
        origins = List.copyOf(origins);
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
