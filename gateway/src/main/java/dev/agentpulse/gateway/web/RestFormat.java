package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.RestFailure;
import org.jspecify.annotations.Nullable;

/** What the client wants to get. */
enum RestFormat {
    ARRAY("application/json; charset=utf-8"),
    OBJECT("application/vnd.pgrst.object+json; charset=utf-8"),
    CSV("text/csv; charset=utf-8");

    private final String contentType;

    RestFormat(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    static RestFormat of(@Nullable String accept) {
        if (accept == null) {
            return ARRAY;
        }
        for (String part : accept.split(",", -1)) {
            String type = part.split(";", -1)[0].strip();
            switch (type) {
                case "*/*", "application/*", "application/json", "application/vnd.pgrst.array+json", "" -> {
                    return ARRAY;
                }
                case "application/vnd.pgrst.object+json", "application/vnd.pgrst.object" -> {
                    return OBJECT;
                }
                case "text/csv" -> {
                    return CSV;
                }
                default -> {}
            }
        }
        throw new RestFailure(406, "PGRST107", "None of these media types are available: " + accept, null, null);
    }
}
