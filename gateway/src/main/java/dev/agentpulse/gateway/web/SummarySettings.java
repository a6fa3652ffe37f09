package dev.agentpulse.gateway.web;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The summary that anybody may read.
 *
 * @param freshSeconds how long a copy of it may be shown, unless something critical happens
 * @param purge the request that makes a CDN forget its copy; null if there is no CDN
 */
public record SummarySettings(int freshSeconds, @Nullable Purge purge) {

    public static final int DEFAULT_FRESH_SECONDS = 60;
    public static final SummarySettings DEFAULT = new SummarySettings(DEFAULT_FRESH_SECONDS, null);

    public SummarySettings {
        if (freshSeconds < 1 || freshSeconds > 3_600) {
            throw new IllegalArgumentException(
                    "The summary is fresh for " + freshSeconds + " s: it must be from 1 to 3600 s.");
        }
    }

    /**
     * A request to a CDN.
     *
     * @param method such as POST or PURGE
     * @param url absolute
     * @param header name and value of a header that lets it in; null for none
     */
    public record Purge(String method, String url, @Nullable Header header) {

        /** A header of the request. Its value may be a secret, so it is never printed. */
        public record Header(String name, String value) {
            @Override
            public String toString() {
                return name;
            }
        }

        /**
         * Reads what the administrator gives.
         *
         * @param request {@code https://…}, or a method, a blank and that; {@code {path}} in it stands for the summary's
         *     path
         * @param header {@code Name: value}; null for none
         * @throws IllegalArgumentException if one of the two is not readable
         */
        public static Purge parse(String request, @Nullable String header) {
            int blank = request.strip().indexOf(' ');
            String method = blank < 0 ? "POST" : request.strip().substring(0, blank);
            String url = request.strip().substring(blank + 1).strip().replace("{path}", PublicSummary.PATH);
            if (!method.matches("[A-Z]+") || !url.matches("https?://[^\\s{}]+")) {
                throw new IllegalArgumentException("The request that purges is not readable: give it as"
                        + " https://cdn.example.com/purge, or with a method before it, as in PURGE"
                        + " https://cdn.example.com{path}.");
            }
            return new Purge(method, URI.create(url).toString(), header == null ? null : header(header));
        }

        private static Header header(String text) {
            int colon = text.indexOf(':');
            if (colon < 1 || !text.substring(0, colon).matches("[A-Za-z0-9-]+")) {
                throw new IllegalArgumentException(
                        "The header of the request that purges is not readable: give it as Name: value.");
            }
            return new Header(
                    text.substring(0, colon), text.substring(colon + 1).strip());
        }

        /** Without the address, which may carry a key. */
        @Override
        public String toString() {
            return method + " " + URI.create(url).getHost().toLowerCase(Locale.ROOT);
        }
    }
}
