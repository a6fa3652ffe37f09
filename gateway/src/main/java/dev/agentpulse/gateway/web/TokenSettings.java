package dev.agentpulse.gateway.web;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes a token good.
 *
 * @param secret for HS256, at least 32 characters; null where only signatures by key pairs count
 * @param jwks public keys for RS256 and ES256 as a JWK set; null where there are none
 * @param jwksUrl where the key set is; null where it is given, or there is none
 * @param audience what the claim aud must name in a token that has one
 * @param roles what the claim role may be: a token of any other role is refused, however well it is signed
 * @param keys API keys that are no tokens, and their roles
 */
public record TokenSettings(
        @Nullable String secret,
        @Nullable String jwks,
        @Nullable String jwksUrl,
        String audience,
        Set<String> roles,
        Map<String, String> keys) {

    private static final int SHORTEST_SECRET = 32;

    public TokenSettings {
        roles = Set.copyOf(roles);
        keys = Map.copyOf(keys);
        if (secret != null && secret.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("The secret that signs tokens has " + secret.length()
                    + " characters: give it at least " + SHORTEST_SECRET + ".");
        }
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("No role is allowed: name at least one, such as authenticated.");
        }
    }

    /** Never with the secret or a key. */
    @Override
    public String toString() {
        return "TokenSettings[audience=" + audience + ", roles=" + roles + ", jwksUrl=" + jwksUrl + "]";
    }
}
