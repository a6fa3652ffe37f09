package dev.agentpulse.gateway.web;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page that the gateway serves.
 *
 * @param folder where its files are; null for none
 * @param config what {@code /config.json} says besides the address: the anon key, links, whether it is a demo
 * @param frameAncestors origins that may embed it; the gateway's own always may
 */
public record PageSettings(@Nullable String folder, Map<String, Object> config, List<String> frameAncestors) {

    public static final PageSettings NONE = new PageSettings(null, Map.of(), List.of());

    public PageSettings {
        config = Map.copyOf(config);
        frameAncestors = List.copyOf(frameAncestors);
    }
}
