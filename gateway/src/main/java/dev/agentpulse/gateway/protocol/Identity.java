package dev.agentpulse.gateway.protocol;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf something is read or done: a verified token, or the API key where there is no token.
 *
 * @param role the Postgres role in which the database is asked
 * @param claims the token's claims as a JSON object, for policies that read {@code request.jwt.claims}
 * @param name the person, for what a person does; null where the token names nobody
 * @param expiresAt null for a key that does not expire
 */
public record Identity(
        String role,
        String claims,
        @Nullable String name,
        @Nullable Instant expiresAt) {

    public Identity {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(claims, "claims");
    }

    public boolean isExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    /** Never with the claims: they may hold what a log should not. */
    @Override
    public String toString() {
        return role + (name == null ? "" : " (" + name + ")");
    }
}
